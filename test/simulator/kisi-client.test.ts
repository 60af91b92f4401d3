import type { Page } from 'kisi-client';
import Kisi from 'kisi-client';
import { demoApiKey } from '../../simulator';
import type { Bench } from './support';
import { closeBenches, deviceSecret, makeUser, rowBody, seeded, startBench } from './support';

interface Row {
  id: number;
  userId: number;
  validUntil: string | null;
}

/** The official client sends and receives camelCase. */
function newRow(userId: number, validUntil: string | null = null): object {
  return {
    roleAssignment: {
      appliesToType: 'Group',
      appliesToId: seeded.commonAreas,
      assigneeType: 'User',
      assigneeId: userId,
      roleId: 'group_basic',
      validUntil,
      notify: false,
    },
  };
}

describe('the official kisi-client 8.0.0', () => {
  let bench: Bench;
  let kisi: Kisi;

  const clientWith = (secret: string | null): Kisi => {
    const client = new Kisi({ baseURL: `${bench.url}/` });
    client.setLoginSecret(secret);
    return client;
  };

  beforeEach(async () => {
    bench = await startBench();
    kisi = clientWith(demoApiKey);
  });
  afterEach(closeBenches);

  it('lists, and understands the collection range', async () => {
    const locks = await kisi.get<Page<{ name: string }>>('locks', { limit: 2 });
    expect(locks.pagination).toEqual({ offset: 0, limit: 2, count: 3 });
    expect(locks.data.map(({ name }) => name)).toEqual(['Front Door', 'Meeting Room']);
    const none = await kisi.get<Page<Row>>('role_assignments');
    expect(none).toEqual({ pagination: { offset: 0, limit: 0, count: 0 }, data: [] });
  });

  it('pages through more rows than the default limit of 10 shows', async () => {
    for (let n = 1; n <= 13; n += 1) {
      const user = await makeUser(bench, `member-${n}@members.test`);
      await kisi.post('role_assignments', newRow(user));
    }
    const first = await kisi.get<Page<Row>>('role_assignments');
    const second = await kisi.get<Page<Row>>('role_assignments', { offset: 10 });
    expect(first.data).toHaveLength(10);
    expect(second.data).toHaveLength(3);
    // The end of the range is not clamped to the total.
    expect(second.pagination).toEqual({ offset: 10, limit: 10, count: 13 });
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(new Set(ids).size).toBe(13);
  });

  it('creates and deletes', async () => {
    const user = await makeUser(bench, 'ann@members.test');
    const row = await kisi.post<Row>('role_assignments', newRow(user, '2030-01-01T00:00:00.900Z'));
    expect(row).toMatchObject({ userId: user, validUntil: '2030-01-01T00:00:00Z' });
    expect(await kisi.delete(`role_assignments/${row.id}`)).toBe('');
    expect(bench.simulator.state().roleAssignments).toEqual([]);
  });

  it('unlocks as the owner and as a member', async () => {
    expect(await kisi.post(`locks/${seeded.frontDoor}/unlock`)).toEqual({ message: 'Unlocked!' });
    const user = await makeUser(bench, 'ann@members.test');
    const member = clientWith(await deviceSecret(bench, 'ann@members.test'));
    await expect(member.post(`locks/${seeded.frontDoor}/unlock`)).rejects.toMatchObject({
      status: 403,
      code: 'fcd8ef',
    });
    await bench.done('POST', '/role_assignments', { body: rowBody(user) });
    await member.post(`locks/${seeded.frontDoor}/unlock`);
    const unlocks = bench.simulator.state().events.filter(({ type }) => type === 'lock.unlock');
    expect(unlocks.map(({ actorId, success }) => [actorId, success])).toEqual([
      [seeded.owner, true],
      [user, false],
      [user, true],
    ]);
  });

  it('signs in with a password and out again', async () => {
    const bench2 = await startBench({
      seed: {
        organizations: [
          { name: 'Two', domain: 'two', owner: { email: 'o@two.test', password: 'correct horse' } },
        ],
      },
    });
    const client = new Kisi({ baseURL: `${bench2.url}/` });
    const user = { domain: 'two', email: 'o@two.test' };
    await expect(client.signIn({ ...user, password: 'wrong' })).rejects.toMatchObject({
      code: 'afc516',
    });
    await client.signIn({ ...user, password: 'correct horse' });
    expect(await client.get('user')).toMatchObject({ email: 'o@two.test' });
    const { secret } = await client.signIn({ ...user, password: 'correct horse' });
    await client.signOut();
    client.setLoginSecret(secret);
    await expect(client.get('user')).rejects.toMatchObject({ status: 401 });
  });

  it('gets the errors it knows', async () => {
    const user = await makeUser(bench, 'ann@members.test');
    await expect(clientWith('wrong').get('user')).rejects.toMatchObject({
      status: 401,
      code: '000401',
    });
    await expect(kisi.get('users/999999')).rejects.toMatchObject({ status: 404, code: '000404' });
    await kisi.post('role_assignments', newRow(user));
    await expect(kisi.post('role_assignments', newRow(user))).rejects.toMatchObject({
      status: 409,
      code: '000409',
      reason: 'The record already exists.',
    });
    // A 422 has no code: the client shows its own and the errors as the reason.
    await expect(kisi.post('users', { user: { email: 'nobody' } })).rejects.toMatchObject({
      status: 422,
      code: '000000',
      reason: { email: [expect.any(String)] },
    });
  });

  it('is throttled', async () => {
    bench.simulator.setSwitches({ rateLimit: { enabled: true } });
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => kisi.get('user')));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]).toMatchObject({ reason: { status: 429, code: '000429' } });
  });
});
