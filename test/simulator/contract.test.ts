import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import { eventTypes } from '../../simulator/resources/event-types';
import { defaultSeed } from '../../simulator';
import type { Bench, CallOptions, Reply } from './support';
import { closeBenches, deviceSecret, makeUser, rowBody, seeded, startBench } from './support';

interface Response {
  $ref?: string;
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: object }>;
}
interface Operation {
  operationId: string;
  method: string;
  path: string;
  responses: Record<string, Response>;
}
interface Contract {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  components: {
    responses: Record<string, Response>;
    schemas: { EventType: { enum: string[] } };
  };
}

const contractFile = join(__dirname, '../../simulator/contract/openapi.yaml');
const contract = parse(readFileSync(contractFile, 'utf8')) as Contract;

const operations: Operation[] = Object.entries(contract.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ ...operation, path, method: method.toUpperCase() })),
);
const named = operations.map((operation) => [operation.operationId, operation] as const);

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
ajv.addFormat('hex', /^[0-9a-f]*$/i);
ajv.addSchema({ $id: 'contract', components: contract.components });

/** Fails unless the answer's status is in the contract and the body is what the contract says for it. */
function expectContract(operation: Operation, reply: Reply): void {
  let response = operation.responses[String(reply.status)];
  if (response === undefined) {
    throw new Error(
      `${operation.operationId} answered ${reply.status}, which the contract does not list: ${JSON.stringify(reply.body)}`,
    );
  }
  const name = response.$ref?.split('/').at(-1);
  if (name !== undefined) response = contract.components.responses[name] ?? {};
  const schema = response.content?.['application/json']?.schema;
  if (schema === undefined) {
    expect(reply.body).toBeUndefined();
    return;
  }
  const absolute = JSON.stringify(schema).replaceAll('"#/components', '"contract#/components');
  const validate = ajv.compile(JSON.parse(absolute) as object);
  if (!validate(reply.body)) {
    throw new Error(`${operation.operationId}: ${ajv.errorsText(validate.errors)}`);
  }
  if (response.headers?.['X-Collection-Range'] !== undefined) {
    expect(reply.headers.get('X-Collection-Range')).toMatch(/^(\d+-\d+\/[1-9]\d*|\*\/0)$/);
  }
}

/** What the operations need to be there. */
interface Fixture {
  user: number;
  row: number;
  groupLock: number;
  link: number;
  login: number;
}

async function prepare(bench: Bench): Promise<Fixture> {
  const user = await makeUser(bench, 'ann@members.test');
  const login = { type: 'device', email: 'ann@members.test' };
  const link = { group_id: seeded.commonAreas, name: 'Courier' };
  const locks = await bench.done<{ id: number }[]>(
    'GET',
    `/group_locks?group_id=${seeded.commonAreas}`,
  );
  return {
    user,
    row: (await bench.done('POST', '/role_assignments', { body: rowBody(user) })).id,
    groupLock: locks[0]?.id ?? 0,
    link: (await bench.done('POST', '/group_links', { body: { group_link: link } })).id,
    login: (await bench.done('POST', '/logins', { body: { login } })).id,
  };
}

/** How each operation is called so that it succeeds: what follows the path, the id in it, the body. */
const calls: Record<
  string,
  (f: Fixture) => { query?: string; id?: number; body?: unknown } | undefined
> = {
  fetchCurrentOrganization: () => ({}),
  fetchOrganizations: () => ({}),
  fetchCurrentUser: () => ({}),
  fetchUsers: () => ({ query: '?email=ann@members.test&sort=-name' }),
  createUser: () => ({
    body: {
      user: {
        email: 'bob@members.test',
        name: 'Bob',
        send_emails: false,
        confirm: true,
        metadata: { ref: 'm1' },
      },
    },
  }),
  fetchUser: ({ user }) => ({ id: user }),
  updateUser: ({ user }) => ({
    id: user,
    body: { user: { notes: 'ours', access_enabled: false } },
  }),
  deleteUser: ({ user }) => ({ id: user }),
  fetchCurrentLogin: () => ({}),
  fetchLogins: ({ user }) => ({ query: `?user_id=${user}` }),
  createLogin: () => ({
    body: { login: { type: 'device', email: 'ann@members.test', expire: false } },
  }),
  deleteLogin: ({ login }) => ({ id: login }),
  fetchPlaces: () => ({ query: '?favorite=*' }),
  fetchLocks: () => ({ query: '?query=door&favorite=*' }),
  fetchLock: () => ({ id: seeded.frontDoor }),
  unlockLock: () => ({ id: seeded.frontDoor, body: {} }),
  fetchGroups: () => ({ query: `?lock_id=${seeded.frontDoor}&scope=organization` }),
  createGroup: () => ({ body: { group: { name: 'Studio only', place_id: seeded.place } } }),
  fetchGroup: () => ({ id: seeded.commonAreas }),
  updateGroup: () => ({ id: seeded.commonAreas, body: { group: { login_enabled: false } } }),
  deleteGroup: () => ({ id: seeded.commonAreas }),
  fetchGroupLocks: () => ({ query: `?group_id=${seeded.commonAreas}` }),
  createGroupLock: () => ({
    body: { group_lock: { group_id: seeded.commonAreas, lock_id: seeded.meetingRoom } },
  }),
  fetchGroupLock: ({ groupLock }) => ({ id: groupLock }),
  deleteGroupLock: ({ groupLock }) => ({ id: groupLock }),
  fetchRoleAssignments: ({ user }) => ({
    query: `?assignee_type=User&assignee_id=${user}&applies_to_type=Group&applies_to_id=${seeded.commonAreas}`,
  }),
  createRoleAssignment: () => ({
    body: rowBody(seeded.desk, {
      valid_from: '2026-01-01T09:00:00Z',
      valid_until: '2026-02-01T09:00:00.250+01:00',
    }),
  }),
  fetchRoleAssignment: ({ row }) => ({ id: row }),
  updateRoleAssignment: ({ row }) => ({
    id: row,
    body: { role_assignment: { valid_until: '2030-01-01T00:00:00Z' } },
  }),
  deleteRoleAssignment: ({ row }) => ({ id: row }),
  fetchRoles: () => ({}),
  fetchGroup_links: () => ({ query: '?sort=-valid_until' }),
  createGroupLink: () => ({
    body: {
      group_link: {
        group_id: seeded.commonAreas,
        name: 'Guest',
        quick_response_code_type: 'online',
      },
    },
  }),
  deleteGroupLink: ({ link }) => ({ id: link }),
  fetchIntegrations: () => ({}),
  createIntegration: () => ({
    body: {
      integration: {
        name: 'Hook',
        type: 'event_webhook',
        url: 'https://hooks.test/kisi',
        enabled_events: ['lock.unlock'],
        signature_key: 'k',
      },
    },
  }),
  fetchEventTypes: () => ({}),
};

function send(
  bench: Bench,
  operation: Operation,
  call: { query?: string; id?: number; body?: unknown },
  options: CallOptions = {},
): Promise<Reply> {
  const path = operation.path.replace('{id}', String(call.id ?? '')) + (call.query ?? '');
  const body = call.body === undefined ? {} : { body: call.body };
  return bench.call(operation.method, path, { ...body, ...options });
}

describe('the simulated Kisi against its contract', () => {
  let bench: Bench;
  let fixture: Fixture;

  beforeEach(async () => {
    bench = await startBench();
    fixture = await prepare(bench);
  });
  afterEach(closeBenches);

  const callOf = (operation: Operation): { query?: string; id?: number; body?: unknown } => {
    const call = calls[operation.operationId]?.(fixture);
    if (call === undefined) throw new Error(`${operation.operationId} is not exercised`);
    return call;
  };

  it('walks the whole contract, and nothing that is not in it', () => {
    expect(operations).toHaveLength(37);
    expect(Object.keys(calls).sort()).toEqual(operations.map((o) => o.operationId).sort());
  });

  it.each(named)('%s succeeds as the contract says', async (_name, operation) => {
    const reply = await send(bench, operation, callOf(operation));
    expect(reply.status).toBeLessThan(300);
    expectContract(operation, reply);
  });

  it.each(named)('%s refuses a call without a key', async (_name, operation) => {
    const reply = await send(bench, operation, callOf(operation), { key: null });
    expect(reply.status).toBe(401);
    expectContract(operation, reply);
  });

  const can403 = named.filter(([, operation]) => operation.responses['403'] !== undefined);
  it.each(can403)('%s refuses a key whose owner lost the right', async (_name, operation) => {
    const call = callOf(operation);
    // An unlock is refused by the row, not by a right, so it needs a door that no row leads to.
    if (operation.operationId === 'unlockLock') call.id = seeded.meetingRoom;
    bench.simulator.drift({ kind: 'setRights', userId: seeded.owner, rights: [] });
    const reply = await send(bench, operation, call);
    expect(reply.status).toBe(403);
    expectContract(operation, reply);
  });

  const byId = named.filter(([, operation]) => operation.path.includes('{id}'));
  it.each(byId)('%s does not find an unknown id', async (_name, operation) => {
    const reply = await send(bench, operation, { ...callOf(operation), id: 999_999 });
    expect(reply.status).toBe(404);
    expectContract(operation, reply);
  });

  const creates = named.filter(
    ([, { method, responses }]) => method === 'POST' && responses['422'] !== undefined,
  );
  it.each(creates)('%s names what is wrong with an empty body', async (_name, operation) => {
    const reply = await send(bench, operation, { body: {} });
    expect(reply.status).toBe(422);
    expectContract(operation, reply);
    expect(Object.keys((reply.body as { errors: object }).errors)).not.toHaveLength(0);
  });

  it('answers 400 where group_locks lacks its group', async () => {
    const operation = operations.find((o) => o.operationId === 'fetchGroupLocks');
    if (operation === undefined) throw new Error('not in the contract');
    expectContract(operation, await send(bench, operation, {}));
    expect((await send(bench, operation, {})).status).toBe(400);
  });

  it('knows the event types of the contract', () => {
    expect([...eventTypes]).toEqual(contract.components.schemas.EventType.enum);
  });
});

describe('the rarer shapes', () => {
  afterEach(closeBenches);
  const operation = (id: string): Operation => {
    const found = operations.find((o) => o.operationId === id);
    if (found === undefined) throw new Error(`${id} is not in the contract`);
    return found;
  };

  it('lists rows of teams, guests, places and the organization', async () => {
    const [organization] = defaultSeed().organizations;
    if (organization === undefined) throw new Error('the default seed is empty');
    const bench = await startBench({
      seed: {
        organizations: [{ ...organization, teams: [{ name: 'Crew' }], guests: [{ name: 'Gus' }] }],
      },
    });
    const { teams, guests } = bench.simulator.state();
    const group = {
      applies_to_type: 'Group',
      applies_to_id: seeded.commonAreas,
      role_id: 'group_basic',
    };
    const rows = [
      { ...group, assignee_type: 'Team', assignee_id: teams[0]?.id },
      { ...group, assignee_type: 'Guest', assignee_id: guests[0]?.id },
      {
        assignee_type: 'User',
        assignee_id: seeded.desk,
        applies_to_type: 'Place',
        applies_to_id: seeded.place,
        role_id: 'place_administrator',
      },
      {
        assignee_type: 'User',
        assignee_id: seeded.desk,
        applies_to_type: 'Organization',
        applies_to_id: seeded.organization,
        role_id: 'organization_administrator',
      },
    ];
    for (const row of rows) {
      const reply = await bench.call('POST', '/role_assignments', {
        body: { role_assignment: row },
      });
      expect(reply.status).toBe(200);
      expectContract(operation('createRoleAssignment'), reply);
    }
    const list = await bench.call('GET', '/role_assignments');
    expectContract(operation('fetchRoleAssignments'), list);
    expect(list.body).toHaveLength(4);
    expect((await bench.call('GET', '/role_assignments?scope=team')).body).toHaveLength(1);
    // The administrator's own role comes beside the two.
    const { body: roles } = await bench.call('GET', `/role_assignments?user_id=${seeded.desk}`);
    expect(roles).toHaveLength(3);
    expect(roles).toContainEqual(
      expect.objectContaining({ role_id: 'organization_administrator', user_id: seeded.desk }),
    );
  });

  it('shows an access link its own organization and doors', async () => {
    const bench = await startBench();
    const body = { group_link: { group_id: seeded.commonAreas, name: 'Courier' } };
    const { secret } = await bench.done<{ secret: string }>('POST', '/group_links', { body });
    const authorization = `KISI-GROUP-LINK ${secret}`;
    const organization = await bench.call('GET', '/organization', { authorization });
    expectContract(operation('fetchCurrentOrganization'), organization);
    const locks = await bench.call('GET', '/locks', { authorization });
    expectContract(operation('fetchLocks'), locks);
    expect(locks.body).toHaveLength(2);
    const inside = await bench.call('POST', `/locks/${seeded.frontDoor}/unlock`, { authorization });
    expectContract(operation('unlockLock'), inside);
    expect(inside.status).toBe(200);
    const outside = await bench.call('POST', `/locks/${seeded.meetingRoom}/unlock`, {
      authorization,
    });
    expect(outside).toMatchObject({ status: 403, body: { code: 'f298df' } });
  });

  it('lets a member see only the doors that open to them', async () => {
    const bench = await startBench();
    const user = await makeUser(bench, 'ann@members.test');
    const key = await deviceSecret(bench, 'ann@members.test');
    expect((await bench.call('GET', '/locks', { key })).body).toEqual([]);
    await bench.done('POST', '/role_assignments', { body: rowBody(user) });
    const locks = await bench.call('GET', '/locks', { key });
    expectContract(operation('fetchLocks'), locks);
    expect(locks.body).toHaveLength(2);
    expect((await bench.call('GET', '/places', { key })).body).toHaveLength(1);
    expect((await bench.call('GET', `/locks/${seeded.meetingRoom}`, { key })).status).toBe(404);
    expect((await bench.call('GET', '/users', { key })).status).toBe(403);
  });
});
