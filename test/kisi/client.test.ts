import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import {
  createKisiClient,
  KisiTooLate,
  OWNERSHIP_MARK,
  type KisiCall,
  type KisiClient,
  type KisiClientOptions,
} from '../../src/kisi';
import { createSimulator, demoApiKey, type SeededOrganization } from '../../simulator';
import { Unlimited } from '../support/unlimited';

/* The client against the simulated Kisi, over real connections. */

const simulator = createSimulator();
let baseUrl: string;
let limiter: Unlimited;
let calls: KisiCall[];
let kisi: KisiClient;

const HOUR = 3_600_000;

beforeAll(async () => {
  baseUrl = await simulator.listen();
});

afterAll(async () => {
  await simulator.close();
});

beforeEach(() => {
  simulator.reset();
  simulator.setSwitches({ rateLimit: { enabled: false } });
  limiter = new Unlimited();
  calls = [];
  kisi = client();
});

afterEach(async () => {
  await kisi.close();
});

function client(options: Partial<KisiClientOptions> = {}): KisiClient {
  return createKisiClient({
    baseUrl,
    apiKey: demoApiKey,
    limiter,
    owners: ['owner:1'],
    integrator: { name: 'latchkey', contact: 'ops@latchkey.test' },
    onCall: (call) => calls.push(call),
    ...options,
  });
}

/** The ids of the default seed. */
function seeded() {
  const { locks, groups } = simulator.state();
  const frontDoor = locks.find(({ name }) => name === 'Front Door');
  const group = groups[0];
  if (frontDoor === undefined || group === undefined) throw new Error('the seed has changed');
  return { lockId: frontDoor.id, groupId: group.id };
}

const member = {
  email: 'Mia@Members.test',
  name: 'Mia Member',
  memberId: 'mem_1',
  invited: false,
};
const inAnHour = () => (Math.floor(Date.now() / 1_000) + 3_600) * 1_000;

async function grantedMember() {
  const { groupId } = seeded();
  const user = await kisi.createUser(member);
  const input = { userId: user.id, groupId, validFrom: null, validUntil: inAnHour() };
  return { user, groupId, input, row: await kisi.createRoleAssignment(input) };
}

function addOrganization(users: string[]): SeededOrganization {
  const [organization] = simulator.seed({
    organizations: [
      {
        name: 'Big Space',
        domain: 'big-space',
        owner: { email: 'owner@big.test', apiKeys: ['big-key'] },
        users: users.map((email) => ({ email })),
        groups: [{ name: 'Everyone' }],
      },
    ],
  });
  if (organization === undefined) throw new Error('nothing was seeded');
  return organization;
}

describe('the key', () => {
  it('tells its organization, owner and login', async () => {
    const organization = await kisi.organization();
    expect(organization).toMatchObject({ name: 'Simulated Coworking', timeZone: 'Europe/Berlin' });
    const owner = await kisi.currentUser();
    expect(owner).toMatchObject({ name: 'Olivia Owner', organizationId: organization.id });
    await expect(kisi.currentLogin()).resolves.toMatchObject({ type: 'api', userId: owner.id });
  });

  it('that is revoked, or whose owner was demoted, is a fault of the configuration', async () => {
    const { id } = await kisi.currentUser();
    simulator.drift({ kind: 'setRights', userId: id, rights: [] });
    await expect(kisi.createGroup({ name: 'Doors', description: null })).rejects.toMatchObject({
      kind: 'configuration',
      status: 403,
    });
    simulator.drift({ kind: 'revokeKey', secret: demoApiKey });
    await expect(kisi.organization()).rejects.toMatchObject({ kind: 'configuration', status: 401 });
  });
});

describe('places, roles and locks', () => {
  it('are listed', async () => {
    await expect(kisi.listPlaces()).resolves.toMatchObject([{ name: 'Simulated House' }]);
    const roles = await kisi.listRoles();
    expect(roles.map(({ id }) => id)).toContain('group_basic');
    const locks = await kisi.listLocks();
    expect(locks.map(({ name }) => name)).toEqual(['Front Door', 'Meeting Room', 'Studio']);
  });

  it('are found by id and by name', async () => {
    const { lockId } = seeded();
    const lock = await kisi.getLock(lockId);
    expect(lock).toMatchObject({ id: lockId, name: 'Front Door', placeName: 'Simulated House' });
    await expect(kisi.listLocks({ query: 'front' })).resolves.toEqual([lock]);
    await expect(kisi.listLocks({ ids: [lockId] })).resolves.toEqual([lock]);
    await expect(kisi.getLock(999_999)).rejects.toMatchObject({ kind: 'missing' });
  });
});

describe('groups', () => {
  it('are made with app access and without restrictions, found, changed and deleted', async () => {
    const group = await kisi.createGroup({ name: 'Front Door only', description: 'mark' });
    expect(group).toMatchObject({
      name: 'Front Door only',
      description: 'mark',
      loginEnabled: true,
      geofenceRestrictionEnabled: false,
      primaryDeviceRestrictionEnabled: false,
      managedDeviceRestrictionEnabled: false,
      readerRestrictionEnabled: false,
      timeRestrictionEnabled: false,
      tapToAccessRestrictionEnabled: false,
    });
    await kisi.updateGroup(group.id, { description: 'new mark', loginEnabled: false });
    await expect(kisi.getGroup(group.id)).resolves.toEqual({
      ...group,
      description: 'new mark',
      loginEnabled: false,
    });
    await expect(kisi.listGroups({ query: 'only' })).resolves.toHaveLength(1);
    await expect(kisi.deleteGroup(group.id)).resolves.toBe('deleted');
    await expect(kisi.deleteGroup(group.id)).resolves.toBe('already_gone');
  });

  it('take and lose locks', async () => {
    const { lockId } = seeded();
    const { id: groupId } = await kisi.createGroup({ name: 'One lock', description: null });
    const groupLock = await kisi.createGroupLock({ groupId, lockId });
    expect(groupLock).toMatchObject({ groupId, lockId, lockName: 'Front Door' });
    await expect(kisi.listGroupLocks({ groupId })).resolves.toEqual([groupLock]);
    await expect(kisi.listGroups({ lockId })).resolves.toContainEqual(
      expect.objectContaining({ id: groupId, locksCount: 1 }),
    );
    await expect(kisi.deleteGroupLock(groupLock.id)).resolves.toBe('deleted');
    await expect(kisi.listGroupLocks({ groupId, lockId })).resolves.toEqual([]);
  });
});

describe('users', () => {
  it('of ours are managed by us and marked as ours', async () => {
    const user = await kisi.createUser(member);
    expect(user.metadata).toEqual({
      ...OWNERSHIP_MARK,
      member_id: 'mem_1',
      made_as: 'managed',
    });
    await kisi.updateUser(user.id, { name: 'Mia M', notes: 'hello', accessEnabled: false });
    await expect(kisi.getUser(user.id)).resolves.toEqual({
      ...user,
      name: 'Mia M',
      notes: 'hello',
      accessEnabled: false,
    });
    await expect(kisi.createUser(member)).rejects.toMatchObject({ kind: 'duplicate' });
  });

  it('are listed by their ids, those that exist, with one request', async () => {
    const { id } = await kisi.createUser(member);
    calls.length = 0;
    const listed = await kisi.listUsers({ ids: [id, 999_999] });
    expect(listed.map((user) => user.id)).toEqual([id]);
    expect(calls).toHaveLength(1);
    await expect(kisi.listUsers({ ids: [] })).resolves.toEqual([]);
    expect(calls).toHaveLength(1);
  });

  it('are found by their exact e-mail only, whatever the case, over all pages', async () => {
    simulator.setSwitches({ emailFilter: 'contains' });
    const emails = [...Array(120).keys()].map((n) => `a${n}mia@members.test`);
    addOrganization([...emails, 'mia@members.test']);
    const big = client({ apiKey: 'big-key' });
    const found = await big.findUsersByEmail('MIA@members.test');
    expect(found.map(({ email }) => email)).toEqual(['mia@members.test']);
    expect(calls).toHaveLength(2);
    await expect(big.findUsersByEmail('ia@members.test')).resolves.toEqual([]);
    await big.close();
  });
});

describe('role assignments', () => {
  it('open the door for their window, and close it when deleted', async () => {
    const { lockId } = seeded();
    const { user, groupId, row } = await grantedMember();
    expect(row).toMatchObject({ userId: user.id, groupId, roleId: 'group_basic', validFrom: null });
    expect(row.validUntil).toBeLessThanOrEqual(Date.now() + HOUR);
    const open = { userId: user.id, lockId };
    expect(simulator.couldOpen(open)).toMatchObject({ open: true });
    expect(simulator.couldOpen({ ...open, at: (row.validUntil ?? 0) + 1_000 })).toMatchObject({
      open: false,
    });
    await expect(kisi.getRoleAssignment(row.id)).resolves.toEqual(row);
    await expect(kisi.deleteRoleAssignment(row.id)).resolves.toBe('deleted');
    expect(simulator.couldOpen(open)).toMatchObject({ open: false });
    await expect(kisi.deleteRoleAssignment(row.id)).resolves.toBe('already_gone');
  });

  it('get another window where Kisi honours it', async () => {
    const { row } = await grantedMember();
    const window = { validFrom: inAnHour(), validUntil: inAnHour() + HOUR };
    await kisi.updateRoleAssignmentWindow(row.id, window);
    await expect(kisi.getRoleAssignment(row.id)).resolves.toMatchObject(window);
    await kisi.updateRoleAssignmentWindow(row.id, { validFrom: null, validUntil: null });
    await expect(kisi.getRoleAssignment(row.id)).resolves.toMatchObject({
      validFrom: null,
      validUntil: null,
    });
    simulator.setSwitches({ patchWindow: 'refused' });
    await expect(kisi.updateRoleAssignmentWindow(row.id, window)).rejects.toMatchObject({
      kind: 'refused',
      status: 422,
    });
  });

  it('that exist already, or name what is not there, are told apart', async () => {
    const { input } = await grantedMember();
    await expect(kisi.createRoleAssignment(input)).rejects.toMatchObject({
      kind: 'duplicate',
      code: '000409',
    });
    await expect(kisi.createRoleAssignment({ ...input, groupId: 99_999 })).rejects.toMatchObject({
      kind: 'missing',
    });
    const ended = { ...input, validFrom: inAnHour(), validUntil: inAnHour() - HOUR };
    simulator.setSwitches({ duplicateGrant: 'newRow' });
    await expect(kisi.createRoleAssignment(ended)).rejects.toMatchObject({ kind: 'refused' });
  });

  it('are all listed, whoever made them, over as many pages as there are', async () => {
    const organization = addOrganization([...Array(300).keys()].map((n) => `m${n}@big.test`));
    const groupId = organization.groups['Everyone'] ?? 0;
    const ids = Object.values(organization.users).map((assigneeId) =>
      simulator.drift({ kind: 'addRow', assigneeId, groupId, roleId: 'group_manager' }),
    );
    const big = client({ apiKey: 'big-key' });
    const listed = await big.listRoleAssignments({ groupId });
    expect(listed.map(({ id }) => id).sort((a, b) => a - b)).toEqual(ids);
    expect(calls).toHaveLength(2);

    const userId = organization.users['m7@big.test'] ?? 0;
    const own = await big.listRoleAssignments({ userId, groupId });
    expect(own).toMatchObject([{ userId, groupId, roleId: 'group_manager', createdById: null }]);

    simulator.setSwitches({ pageShift: -40 });
    await expect(big.listRoleAssignments({ groupId })).resolves.toHaveLength(ids.length);
    // A list with rows skipped between its pages must not pass for the whole list.
    simulator.setSwitches({ pageShift: 30 });
    await expect(big.listRoleAssignments({ groupId })).rejects.toMatchObject({
      kind: 'unavailable',
    });
    simulator.setSwitches({ pageShift: 0 });
    simulator.addFault({ kind: 'answerBefore', path: '/role_assignments', skip: 1, status: 500 });
    await expect(big.listRoleAssignments({ groupId })).rejects.toMatchObject({
      kind: 'unavailable',
      status: 500,
    });
    await big.close();
  });
});

describe('unlocking as a member', () => {
  it('opens with a device login, and says why it does not', async () => {
    const { lockId } = seeded();
    const { user, row } = await grantedMember();
    const login = await kisi.createDeviceLogin({
      email: user.email,
      brand: 'Latchkey',
      model: 'My Keys',
    });
    const as = { secret: login.secret, userId: login.userId };
    expect(login.userId).toBe(user.id);
    await kisi.unlockLock(lockId, as);
    expect(simulator.requests().at(-1)).toMatchObject({ keyOwnerId: user.id, status: 200 });

    const past = inAnHour() - 2 * HOUR;
    simulator.drift({ kind: 'editRow', id: row.id, validFrom: past - HOUR, validUntil: past });
    await expect(kisi.unlockLock(lockId, as)).rejects.toMatchObject({
      kind: 'refused',
      code: 'f35ade',
    });
  });
});

describe('what became of a call', () => {
  it('is a lost reply where a write broke off, done or not', async () => {
    const { user, groupId, input } = await grantedMember();
    await kisi
      .listRoleAssignments({ userId: user.id })
      .then(([row]) => kisi.deleteRoleAssignment(row?.id ?? 0));
    simulator.addFault({ kind: 'dropAfter', method: 'POST', count: 1 });
    await expect(kisi.createRoleAssignment(input)).rejects.toMatchObject({
      kind: 'lost_reply',
      outcomeUnknown: true,
    });
    expect(calls.at(-1)).toMatchObject({ route: '/role_assignments', status: 'lost' });
    await expect(kisi.listRoleAssignments({ userId: user.id, groupId })).resolves.toHaveLength(1);

    simulator.addFault({ kind: 'dropBefore', method: 'DELETE', count: 1 });
    await expect(kisi.deleteGroup(groupId)).rejects.toMatchObject({ kind: 'lost_reply' });
    await expect(kisi.getGroup(groupId)).resolves.toMatchObject({ id: groupId });
  });

  it('is unavailable where a read broke off', async () => {
    simulator.addFault({ kind: 'dropBefore', method: 'GET', count: 1 });
    await expect(kisi.organization()).rejects.toMatchObject({
      kind: 'unavailable',
      outcomeUnknown: false,
    });
  });

  it('is never a second request, not even on a connection that Kisi has closed meanwhile', async () => {
    const { groupId } = seeded();
    await kisi.getGroup(groupId);
    simulator.addFault({ kind: 'dropBefore', count: 1 });
    await expect(kisi.getGroup(groupId)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(simulator.requests()).toHaveLength(2);
  });

  it('is a lost reply where a write had no answer in time, and unavailable for a read', async () => {
    simulator.addFault({ kind: 'hold', when: 'before' });
    const hasty = client({ timeoutMs: 150 });
    await expect(hasty.deleteGroup(seeded().groupId)).rejects.toMatchObject({ kind: 'lost_reply' });
    await expect(hasty.organization()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(calls.map(({ status }) => status)).toEqual(['timeout', 'timeout']);
    expect(limiter.released).toEqual(['sent', 'sent']);
    await hasty.close();
  });

  it('is unavailable where nothing was sent, for a write as well', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    const nowhere = client({ baseUrl: `http://127.0.0.1:${port}` });
    await expect(nowhere.deleteGroup(1)).rejects.toMatchObject({
      kind: 'unavailable',
      outcomeUnknown: false,
    });
    expect(calls.at(-1)).toMatchObject({ status: 'unreachable' });
    expect(limiter.released).toEqual(['unused']);
    await nowhere.close();
  });

  it('is the reason of the signal for a read, and a lost reply for a write', async () => {
    const reason = new Error('cancelled');
    const { groupId } = seeded();
    await expect(abortWhenHeld(reason, (signal) => kisi.organization({ signal }))).rejects.toBe(
      reason,
    );
    await expect(
      abortWhenHeld(reason, (signal) => kisi.deleteGroup(groupId, { signal })),
    ).rejects.toMatchObject({ kind: 'lost_reply', cause: reason });
  });
});

/** Aborts the call while Kisi has it in hand. */
async function abortWhenHeld<T>(reason: Error, call: (signal: AbortSignal) => Promise<T>) {
  const { id } = simulator.addFault({ kind: 'hold', when: 'after' });
  const abort = new AbortController();
  const outcome = call(abort.signal);
  await simulator.waitUntilHeld(id);
  abort.abort(reason);
  simulator.releaseFault(id);
  return outcome;
}

describe('a slot', () => {
  it('that went stale before the send is replaced, and nothing goes out with it', async () => {
    limiter.stale = 2;
    await kisi.deleteGroup(seeded().groupId);
    expect(limiter.asked).toHaveLength(3);
    expect(limiter.released).toEqual(['unused', 'unused', 'sent']);
    expect(simulator.requests()).toHaveLength(1);
  });

  it('that is stale each time ends as too late: it says nothing of Kisi', async () => {
    limiter.stale = Infinity;
    await expect(kisi.deleteGroup(seeded().groupId)).rejects.toMatchObject({
      kind: 'too_late',
    });
    expect(limiter.released).toEqual(['unused', 'unused', 'unused']);
    expect(simulator.requests()).toHaveLength(0);
  });

  it('is of no use after the deadline, even if the wait for it ended in time', async () => {
    let now = Date.now();
    const deadline = now + 5;
    const late = client({
      clock: { now: () => now },
      limiter: {
        acquire: (request) => {
          now += 10;
          return limiter.acquire(request);
        },
      },
    });
    await expect(late.deleteGroup(1, { deadline })).rejects.toBeInstanceOf(KisiTooLate);
    expect(limiter.released).toEqual(['unused']);
    expect(simulator.requests()).toHaveLength(0);
    expect(calls).toEqual([]);
    await late.close();
  });
});
