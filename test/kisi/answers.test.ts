import { MockAgent } from 'undici';
import {
  createKisiClient,
  KisiError,
  KisiThrottled,
  type KisiCall,
  type KisiClientOptions,
} from '../../src/kisi';
import { createHttp } from '../../src/kisi/http';
import { Unlimited } from '../support/unlimited';

/*
 * What the client makes of single answers, odd ones above all. Kisi is undici's MockAgent here, which
 * fails every request that a test did not announce.
 */

const BASE = 'https://kisi.test';
const KEY = 'very-secret-key';
const NOW = Date.UTC(2026, 0, 5, 9);

let agent: MockAgent;
let limiter: Unlimited;
let calls: KisiCall[];

beforeEach(() => {
  agent = new MockAgent();
  agent.disableNetConnect();
  limiter = new Unlimited();
  calls = [];
});

afterEach(async () => {
  agent.assertNoPendingInterceptors();
  await agent.close();
});

function client(options: Partial<KisiClientOptions> = {}) {
  return createKisiClient({
    baseUrl: BASE,
    apiKey: KEY,
    limiter,
    owners: ['owner:1'],
    integrator: { name: 'latchkey', contact: 'ops@latchkey.test' },
    clock: { now: () => NOW },
    onCall: (call) => calls.push(call),
    http: createHttp(BASE, agent),
    ...options,
  });
}

function answer(
  method: string,
  path: string | RegExp,
  status: number,
  body: object | string = '',
  headers: Record<string, string> = {},
) {
  agent
    .get(BASE)
    .intercept({ method, path })
    .reply(status, typeof body === 'string' ? body : JSON.stringify(body), { headers });
}

/** The error of a call that must fail. */
async function errorOf(call: Promise<unknown>): Promise<KisiError> {
  const error: unknown = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof KisiError)) throw new Error('not a KisiError', { cause: error });
  return error;
}

const groupRow = {
  id: 11,
  resource_type: 'RoleAssignment',
  created_at: '2026-01-01T08:00:00Z',
  role_id: 'group_basic',
  applies_to_type: 'Group',
  applies_to_id: 5,
  assignee_type: 'User',
  assignee_id: 3,
  created_by_type: 'User',
  created_by_id: 1,
  valid_from: null,
  valid_until: '2026-02-01T10:00:00.900+01:00',
};

describe('a request', () => {
  it('carries the key and the integrator headers', async () => {
    agent
      .get(BASE)
      .intercept({
        method: 'GET',
        path: '/user',
        headers: {
          authorization: `KISI-LOGIN ${KEY}`,
          accept: 'application/json',
          'content-type': 'application/json',
          'x-kisi-integration-identifier': 'latchkey',
          'x-kisi-integration-contact': 'ops@latchkey.test',
        },
      })
      .reply(200, {
        id: 1,
        name: 'Olivia',
        email: 'o@x.test',
        organization: { id: 9, name: 'Space' },
        some_new_field: { of: 'Kisi' },
      });
    await expect(client().currentUser()).resolves.toEqual({
      id: 1,
      name: 'Olivia',
      email: 'o@x.test',
      organizationId: 9,
      organizationName: 'Space',
    });
  });

  it('keeps the path of the base URL', async () => {
    answer('DELETE', '/kisi/groups/4', 204);
    const behindProxy = client({ http: createHttp(`${BASE}/kisi/`, agent) });
    await expect(behindProxy.deleteGroup(4)).resolves.toBe('deleted');
  });

  it('is reported with its route, without ids, and with the announced end of the route', async () => {
    const headers = { Deprecation: '@1767225600', Sunset: 'Thu, 01 Jan 2026 00:00:00 GMT' };
    answer('DELETE', '/role_assignments/77', 404, {}, headers);
    await expect(client().deleteRoleAssignment(77)).resolves.toBe('already_gone');
    expect(calls).toEqual([
      {
        method: 'DELETE',
        route: '/role_assignments/:id',
        status: 404,
        waitMs: expect.any(Number) as number,
        durationMs: expect.any(Number) as number,
        deprecation: '@1767225600',
        sunset: 'Thu, 01 Jan 2026 00:00:00 GMT',
      },
    ]);
  });

  it('asks for a slot of each owner and gives it back', async () => {
    answer('DELETE', '/groups/1', 204);
    await client({ owners: ['owner:1', 'owner:2'], timeoutMs: 4_000 }).deleteGroup(1, {
      priority: 'interactive',
      deadline: NOW + 5,
    });
    expect(limiter.asked).toEqual([
      {
        owners: ['owner:1', 'owner:2'],
        count: 1,
        priority: 'interactive',
        deadline: NOW + 5,
        timeoutMs: 4_000,
      },
    ]);
    expect(limiter.released).toEqual(['sent']);
  });
});

describe('errors', () => {
  it.each([
    [400, 'refused'],
    [401, 'configuration'],
    [403, 'configuration'],
    [404, 'missing'],
    [409, 'duplicate'],
    [418, 'refused'],
    [422, 'refused'],
    [500, 'unavailable'],
    [503, 'unavailable'],
    [408, 'unavailable'],
    [302, 'unexpected_answer'],
  ])('a read that is answered %i is %s', async (status, kind) => {
    answer('GET', '/groups/1', status, { code: '000123', error: 'no' });
    const error = await errorOf(client().getGroup(1));
    expect(error).toMatchObject({ kind, status, code: '000123', outcomeUnknown: false });
    expect(error.message).toContain('GET /groups/:id');
  });

  it.each([
    [403, 'configuration', false],
    [409, 'duplicate', false],
    [422, 'refused', false],
    [408, 'lost_reply', true],
    [500, 'lost_reply', true],
    [503, 'lost_reply', true],
    [302, 'unexpected_answer', true],
  ])('a write that is answered %i is %s', async (status, kind, outcomeUnknown) => {
    answer('POST', '/role_assignments', status, { code: '000123', error: 'no' });
    const call = client().createRoleAssignment({
      userId: 3,
      groupId: 5,
      validFrom: null,
      validUntil: null,
    });
    expect(await errorOf(call)).toMatchObject({ kind, status, outcomeUnknown });
  });

  it('keep the messages of each field, and no e-mail', async () => {
    const errors = { email: ['mia@x.test is taken', 'is odd'], base: 'not now' };
    answer('POST', '/users', 422, { errors });
    const error = await errorOf(
      client().createUser({ email: 'mia@x.test', name: 'Mia', memberId: 'm1', invited: false }),
    );
    expect(error.fields).toEqual({
      email: ['[e-mail] is taken', 'is odd'],
      base: ['not now'],
    });
    expect(error.message).toBe('Kisi refused POST /users (422, email, base)');
    expect(`${JSON.stringify(error)} ${error.body} ${error.stack}`).not.toMatch(/mia@|very-secret/);
  });

  it('survive a body that is not JSON, and keep no more than 2000 characters of it', async () => {
    answer('GET', '/groups/1', 502, `<html>${'x'.repeat(9_000)}`);
    const error = await errorOf(client().getGroup(1));
    expect(error).toMatchObject({ kind: 'unavailable', code: null, fields: {} });
    expect(error.body).toHaveLength(2_000);
  });

  it.each([
    ['7', 7_000],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('of a 429 tell the wait that Retry-After %s asks for', async (value, ms) => {
    answer('POST', '/group_locks', 429, 'slow down', value ? { 'retry-after': value } : {});
    const error = await errorOf(client().createGroupLock({ groupId: 1, lockId: 2 }));
    expect(error).toBeInstanceOf(KisiThrottled);
    expect(error).toMatchObject({ kind: 'throttled', retryAfterMs: ms });
  });
});

describe('unlocking', () => {
  const unlock = () => client().unlockLock(8, { secret: 'member-secret', userId: 44 });

  it('uses the login and the bucket of the member', async () => {
    agent
      .get(BASE)
      .intercept({
        method: 'POST',
        path: '/locks/8/unlock',
        headers: { authorization: 'KISI-LOGIN member-secret' },
      })
      .reply(200, { message: 'Unlocked!' });
    await unlock();
    expect(limiter.asked[0]?.owners).toEqual(['owner:44']);
  });

  it.each([
    [403, 'f35ade', 'refused'],
    [409, 'fad110', 'refused'],
    [401, '000401', 'configuration'],
    [404, 'fad10e', 'missing'],
    [503, 'fac001', 'unavailable'],
  ])('%i with the code %s is %s', async (status, code, kind) => {
    answer('POST', '/locks/8/unlock', status, { code, error: 'no' });
    expect(await errorOf(unlock())).toMatchObject({ kind, code, outcomeUnknown: false });
  });

  it('503 without a code leaves open whether the door opened', async () => {
    answer('POST', '/locks/8/unlock', 503, 'Service Unavailable');
    expect(await errorOf(unlock())).toMatchObject({ kind: 'lost_reply' });
  });
});

describe('bodies', () => {
  it('give instants as ms UTC in whole seconds, whatever the offset', async () => {
    answer('GET', '/role_assignments/11', 200, groupRow);
    await expect(client().getRoleAssignment(11)).resolves.toEqual({
      id: 11,
      roleId: 'group_basic',
      assigneeType: 'User',
      assigneeId: 3,
      userId: 3,
      userEmail: null,
      appliesToType: 'Group',
      appliesToId: 5,
      groupId: 5,
      validFrom: null,
      validUntil: Date.UTC(2026, 1, 1, 9),
      createdByType: 'User',
      createdById: 1,
      createdAt: Date.UTC(2026, 0, 1, 8),
    });
  });

  it.each([
    ['without a bound of the window', { ...groupRow, valid_until: undefined }, 'valid_until'],
    ['with an id that is text', { ...groupRow, id: '11' }, 'id'],
    ['with a date that is none', { ...groupRow, valid_from: 'tomorrow' }, 'valid_from'],
    ['of an unknown kind', { ...groupRow, applies_to_type: 'Planet' }, 'applies_to_type'],
    ['that is a list', [groupRow], '(whole)'],
  ])('%s are refused by name', async (_what, body, field) => {
    answer('GET', '/role_assignments/11', 200, body);
    const error = await errorOf(client().getRoleAssignment(11));
    expect(error).toMatchObject({ kind: 'unexpected_answer', outcomeUnknown: false });
    expect(error.message).toContain(field);
  });

  it('of a write that cannot be read leave its outcome open, and keep no secret', async () => {
    answer('POST', '/logins', 200, { id: 'x', secret: 'shown-once', user_id: 3 });
    const error = await errorOf(
      client().createDeviceLogin({ email: 'mia@x.test', brand: 'b', model: 'm' }),
    );
    expect(error).toMatchObject({ kind: 'unexpected_answer', outcomeUnknown: true, body: null });
    expect(error.message).not.toContain('shown-once');

    answer('POST', '/groups', 200, '<html>');
    const group = client().createGroup({ name: 'g', description: null });
    expect(await errorOf(group)).toMatchObject({
      kind: 'unexpected_answer',
      outcomeUnknown: true,
    });
  });
});

describe('withReservedSlots', () => {
  it('takes the slots first, uses one for each request and inherits the options', async () => {
    answer('DELETE', '/role_assignments/1', 204);
    answer('POST', '/role_assignments', 200, groupRow);
    answer('GET', '/role_assignments/11', 200, groupRow);
    const options = { priority: 'interactive', deadline: NOW + 100 } as const;
    await client().withReservedSlots(2, options, async (kisi) => {
      await kisi.deleteRoleAssignment(1);
      await kisi.createRoleAssignment({ userId: 3, groupId: 5, validFrom: null, validUntil: null });
      expect(limiter.asked).toEqual([
        { owners: ['owner:1'], count: 2, ...options, timeoutMs: 8_000 },
      ]);
      await kisi.getRoleAssignment(11);
    });
    expect(limiter.asked[1]).toMatchObject({ count: 1, ...options });
    expect(limiter.released).toEqual(['sent', 'sent', 'sent']);
  });

  it('gives back what was not used, also when the work fails', async () => {
    const work = client().withReservedSlots(2, {}, () => Promise.reject(new Error('changed mind')));
    await expect(work).rejects.toThrow('changed mind');
    expect(limiter.released).toEqual(['unused', 'unused']);
  });

  it('leaves the slots of the key alone when a member unlocks', async () => {
    answer('POST', '/locks/8/unlock', 200, { message: 'Unlocked!' });
    await client().withReservedSlots(1, {}, (kisi) =>
      kisi.unlockLock(8, { secret: 's', userId: 44 }),
    );
    expect(limiter.asked.map(({ owners }) => owners)).toEqual([['owner:1'], ['owner:44']]);
  });
});
