import { createSimulator, demoApiKey, keyWithout, type Simulator } from '../../simulator';
import { examineKey, missingRights, NEEDED_RIGHTS } from '../../src/access/key-rights';
import { createKisiClient, type KisiClient } from '../../src/kisi';
import { Unlimited } from '../support/unlimited';

let simulator: Simulator;
let baseUrl: string;
const clients: KisiClient[] = [];
beforeAll(async () => {
  simulator = createSimulator();
  simulator.setSwitches({ rateLimit: { enabled: false } });
  baseUrl = await simulator.listen();
});
afterEach(() => {
  simulator.clearFaults();
});
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await simulator.close();
});

function examine(apiKey: string): ReturnType<typeof examineKey> {
  const integrator = { name: 'latchkey-tests', contact: 'tests@example.com' };
  const owners = ['key'];
  const client = createKisiClient({
    baseUrl,
    apiKey,
    integrator,
    owners,
    limiter: new Unlimited(),
  });
  clients.push(client);
  return examineKey(client, {});
}

const ownerOf = (email: string): number =>
  simulator.state().users.find((user) => user.email === email)?.id ?? 0;

test('the key of the Organization Owner may do everything, and says whose it is', async () => {
  const report = await examine(demoApiKey);
  expect(report.organization).toEqual({
    id: simulator.state().organizations[0]?.id,
    name: 'Simulated Coworking',
    domain: 'simulated-coworking',
    timeZone: 'Europe/Berlin',
  });
  expect(report.keyOwner).toEqual({
    id: ownerOf('owner@simulated-coworking.test'),
    name: 'Olivia Owner',
    isOrganizationOwner: true,
  });
  expect(missingRights(report.rights)).toEqual([]);
  const how = Object.fromEntries(report.rights.map((found) => [found.right, found.how]));
  expect(how).toMatchObject({
    locks_read: 'probe',
    group_locks_read: 'probe',
    role_assignments_write: 'owner',
    logins_write: 'owner',
  });
});

test("another administrator's key may do everything as well, by its role", async () => {
  const userId = ownerOf('desk@simulated-coworking.test');
  simulator.drift({ kind: 'addKey', userId, secret: 'desk-key' });
  const report = await examine('desk-key');
  expect(report.keyOwner.isOrganizationOwner).toBe(false);
  expect(missingRights(report.rights)).toEqual([]);
  expect(report.rights).toContainEqual({
    right: 'groups_write',
    ok: true,
    how: 'permissions',
    remedy: null,
  });
});

test.each(NEEDED_RIGHTS)(
  'a key that lacks %s is found out, with the place to mend it',
  async (right) => {
    const { rights, keyOwner } = await examine(keyWithout(right));
    expect(missingRights(rights)).toEqual([right]);
    expect(keyOwner.isOrganizationOwner).toBe(false);
    const remedy = rights.find((found) => found.right === right)?.remedy;
    for (const words of ['Kisi dashboard', 'Organization Owner', 'Developer Settings', right]) {
      expect(remedy).toContain(words);
    }
  },
);

test('a right that Kisi refuses is lacking, whatever the roles say', async () => {
  simulator.addFault({ kind: 'answerBefore', status: 403, path: '/users' });
  const { rights } = await examine(demoApiKey);
  expect(rights.filter(({ ok }) => !ok)).toEqual([
    expect.objectContaining({ right: 'users_read', how: 'probe' }),
  ]);
});

test("a member's key has none of the rights, though it lists the member's own doors", async () => {
  const organizationId = simulator.state().organizations[0]?.id ?? 0;
  const groupId = simulator.state().groups[0]?.id ?? 0;
  const email = 'member@members.test';
  const assigneeId = simulator.drift({ kind: 'addUser', organizationId, email });
  simulator.drift({ kind: 'addRow', assigneeId, groupId });
  simulator.drift({ kind: 'addKey', userId: assigneeId, secret: 'member-key' });
  const { rights } = await examine('member-key');
  expect(missingRights(rights)).toEqual([...NEEDED_RIGHTS]);
});

test('a refused key and an outage are no report', async () => {
  await expect(examine('no-such-key')).rejects.toMatchObject({
    kind: 'configuration',
    status: 401,
  });
  simulator.addFault({ kind: 'answerBefore', status: 503, path: '/groups' });
  await expect(examine(demoApiKey)).rejects.toMatchObject({ kind: 'unavailable' });
});
