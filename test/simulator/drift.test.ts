import type { DriftInput } from '../../simulator';
import { demoApiKey } from '../../simulator';
import type { Bench } from './support';
import { closeBenches, makeUser, rowBody, seeded, startBench } from './support';

let bench: Bench;
let user: number;
let row: number;

const drift = (input: DriftInput): number => bench.simulator.drift(input);
const status = async (path: string, key?: string): Promise<number> =>
  (await bench.call('GET', path, key === undefined ? {} : { key })).status;
const rows = () => bench.simulator.state().roleAssignments;

beforeEach(async () => {
  bench = await startBench();
  user = await makeUser(bench, 'ann@members.test');
  row = (await bench.done('POST', '/role_assignments', { body: rowBody(user) })).id;
});
afterEach(closeBenches);

describe('drift behind our back', () => {
  it('deletes, edits and doubles a row', async () => {
    drift({ kind: 'editRow', id: row, validUntil: '2030-01-01T00:00:00.700Z' });
    expect(await bench.done('GET', `/role_assignments/${row}`)).toMatchObject({
      valid_from: null,
      valid_until: '2030-01-01T00:00:00Z',
    });
    const twin = drift({ kind: 'duplicateRow', id: row });
    expect(rows().map(({ id, validUntil }) => [id, validUntil])).toEqual(
      [row, twin].map((id) => [id, Date.parse('2030-01-01T00:00:00Z')]),
    );
    drift({ kind: 'deleteRow', id: row });
    expect(await status(`/role_assignments/${row}`)).toBe(404);
  });

  it('adds a foreign row, made by another user', async () => {
    drift({ kind: 'deleteRow', id: row });
    const id = drift({
      kind: 'addRow',
      assigneeId: user,
      groupId: seeded.commonAreas,
      createdById: seeded.desk,
    });
    expect(await bench.done('GET', `/role_assignments/${id}`)).toMatchObject({
      created_by_type: 'User',
      created_by_id: seeded.desk,
    });
    const ours = rowBody(user);
    expect((await bench.call('POST', '/role_assignments', { body: ours })).status).toBe(409);
  });

  it('names the key owner as the creator of what the API made', () => {
    expect(rows()[0]?.createdById).toBe(seeded.owner);
  });

  it('deletes a user with their rows', async () => {
    drift({ kind: 'deleteUser', id: user });
    expect(rows()).toEqual([]);
    const reply = await bench.call('POST', '/role_assignments', { body: rowBody(user) });
    expect(reply).toMatchObject({ status: 404, body: { code: '000404' } });
  });

  it('deletes a group with its rows', async () => {
    drift({ kind: 'deleteGroup', id: seeded.commonAreas });
    expect(rows()).toEqual([]);
    const reply = await bench.call('POST', '/role_assignments', { body: rowBody(user) });
    expect(reply.status).toBe(404);
  });

  it('revokes a key (401) and gives the owner a new one', async () => {
    drift({ kind: 'revokeKey', secret: demoApiKey });
    expect(await status('/organization')).toBe(401);
    drift({ kind: 'addKey', userId: seeded.owner, secret: 'new-key' });
    expect(await status('/organization', 'new-key')).toBe(200);
  });

  it('demotes the owner (403), wholly or by one right', async () => {
    drift({ kind: 'setRights', userId: seeded.owner, rights: ['role_assignments_read'] });
    expect(await status('/role_assignments')).toBe(200);
    const reply = await bench.call('DELETE', `/role_assignments/${row}`);
    expect(reply).toMatchObject({ status: 403, body: { code: '000403' } });
    drift({ kind: 'setRights', userId: seeded.owner, rights: [] });
    expect(await status('/role_assignments')).toBe(403);
    expect(rows()).toHaveLength(1);
    drift({ kind: 'setRights', userId: seeded.owner, rights: 'all' });
    expect(await status('/role_assignments')).toBe(200);
  });

  it('changes users, groups and locks', async () => {
    drift({ kind: 'editUser', id: user, email: 'anna@members.test' });
    expect(await bench.done('GET', `/users/${user}`)).toMatchObject({ email: 'anna@members.test' });
    drift({ kind: 'editGroup', id: seeded.commonAreas, name: 'Renamed' });
    expect(await bench.done('GET', `/groups/${seeded.commonAreas}`)).toMatchObject({
      name: 'Renamed',
    });
    drift({ kind: 'editLock', id: seeded.frontDoor, online: false });
    expect(await bench.done('GET', `/locks/${seeded.frontDoor}`)).toMatchObject({ online: false });
    const { simulator } = bench;
    const open = (lockId: number): boolean => simulator.couldOpen({ userId: user, lockId }).open;
    drift({ kind: 'addGroupLock', groupId: seeded.commonAreas, lockId: seeded.meetingRoom });
    expect(open(seeded.meetingRoom)).toBe(true);
    drift({ kind: 'removeGroupLock', groupId: seeded.commonAreas, lockId: seeded.meetingRoom });
    expect(open(seeded.meetingRoom)).toBe(false);
    drift({ kind: 'deleteLock', id: seeded.frontDoor });
    expect(await status(`/locks/${seeded.frontDoor}`)).toBe(404);
    expect(open(seeded.frontDoor)).toBe(false);
    const added = { email: 'new@members.test', organizationId: seeded.organization };
    expect(await status(`/users/${drift({ kind: 'addUser', ...added })}`)).toBe(200);
  });

  it('refuses what makes no sense and what is not there', () => {
    expect(() => drift({ kind: 'deleteRow', id: 1 })).toThrow('there is no record 1');
    expect(() => drift({ kind: 'eatRow', id: row } as unknown as DriftInput)).toThrow();
    expect(() => drift({ kind: 'revokeKey', secret: 'nope' })).toThrow('no login has this secret');
  });
});

describe('several organizations', () => {
  it('see nothing of each other', async () => {
    const [two] = bench.simulator.seed({
      organizations: [
        {
          name: 'Two',
          domain: 'two',
          owner: { email: 'o@two.test', apiKeys: ['key-two'] },
          places: [{ name: 'House', locks: [{ name: 'Gate' }] }],
          groups: [{ name: 'All', locks: ['Gate'] }],
        },
      ],
    });
    const groupId = two?.groups['All'] ?? 0;
    const key = 'key-two';
    expect((await bench.call('GET', '/locks', { key })).body).toHaveLength(1);
    expect(await status(`/role_assignments/${row}`, key)).toBe(404);
    expect(await status(`/users/${user}`, key)).toBe(404);
    const foreignGroup = await bench.call('POST', '/role_assignments', {
      body: rowBody(user, {}, groupId),
    });
    expect(foreignGroup.status).toBe(404);
    const foreignUser = await bench.call('POST', '/role_assignments', {
      key,
      body: rowBody(user, {}, groupId),
    });
    expect(foreignUser.status).toBe(404);
    expect(() =>
      bench.simulator.seed({
        organizations: [
          { name: 'X', domain: 'x', owner: { email: 'o@x.test', apiKeys: ['key-two'] } },
        ],
      }),
    ).toThrow('in use');
  });
});

describe('mail', () => {
  it('is sent on an invite and on notify, and never for a managed user', async () => {
    expect(bench.simulator.state().mails).toEqual([]);
    await bench.done('POST', '/users', { body: { user: { email: 'bob@members.test' } } });
    const loud = rowBody(seeded.desk);
    loud.role_assignment['notify'] = true;
    await bench.done('POST', '/role_assignments', { body: loud });
    expect(bench.simulator.state().mails.map(({ kind, to }) => [kind, to])).toEqual([
      ['invite', 'bob@members.test'],
      ['role_assignment', 'desk@simulated-coworking.test'],
    ]);
  });
});

describe('logins', () => {
  it('drop the least recently used device beyond 40, and refuse an 11th API key', async () => {
    const device = { login: { type: 'device', email: 'ann@members.test' } };
    const ids: number[] = [];
    for (let n = 0; n < 41; n += 1)
      ids.push((await bench.done('POST', '/logins', { body: device })).id);
    const kept = bench.simulator.state().logins.filter(({ userId }) => userId === user);
    expect(kept.map(({ id }) => id)).toEqual(ids.slice(1));
    const api = { login: { type: 'api', name: 'Key' } };
    for (let n = 0; n < 9; n += 1) await bench.done('POST', '/logins', { body: api });
    expect((await bench.call('POST', '/logins', { body: api })).status).toBe(403);
  });

  it('let only devices be made for others, and run out when they may', async () => {
    const forOther = { login: { type: 'api', email: 'ann@members.test' } };
    expect((await bench.call('POST', '/logins', { body: forOther })).status).toBe(403);
    const nobody = { login: { type: 'device', email: 'nobody@members.test' } };
    expect((await bench.call('POST', '/logins', { body: nobody })).status).toBe(404);
    const secret = async (expire: boolean | string): Promise<string> => {
      const body = { login: { type: 'device', email: 'ann@members.test', expire } };
      return (await bench.done<{ secret: string }>('POST', '/logins', { body })).secret;
    };
    const [expiring, lasting] = [await secret(true), await secret('false')];
    bench.simulator.setClock({ advanceMs: 15 * 24 * 3600 * 1000 });
    expect(await status('/user', expiring)).toBe(401);
    expect(await status('/user', lasting)).toBe(200);
  });
});
