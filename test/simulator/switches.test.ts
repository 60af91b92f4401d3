import type { SwitchesPatch } from '../../simulator';
import type { Bench, Reply } from './support';
import { closeBenches, deviceSecret, makeUser, rowBody, seeded, startBench } from './support';

/** Every test calls once with the switch as it is and once with it turned, and sees the difference. */

const january = { valid_from: '2030-01-01T00:00:00Z', valid_until: '2030-02-01T00:00:00Z' };
const february = { valid_from: '2030-02-01T00:00:00Z', valid_until: '2030-03-01T00:00:00Z' };
/** The simulator's time in these tests, unless one moves it. */
const now = Date.parse('2029-12-01T12:00:00Z');

let bench: Bench;
let user: number;

beforeEach(async () => {
  bench = await startBench();
  bench.simulator.setClock({ now });
  user = await makeUser(bench, 'ann@members.test');
});
afterEach(closeBenches);

const turn = (change: SwitchesPatch): void => {
  bench.simulator.setSwitches(change);
};
const grant = (
  window: { valid_from?: string | null; valid_until?: string | null } = {},
): Promise<Reply> => bench.call('POST', '/role_assignments', { body: rowBody(user, window) });
const rowIds = (): number[] => bench.simulator.state().roleAssignments.map(({ id }) => id);
const listed = async (path = '/role_assignments'): Promise<{ id: number }[]> =>
  bench.done<{ id: number }[]>('GET', path);

describe('duplicateGrant', () => {
  it('refuses any second row with 409 by default', async () => {
    expect((await grant(january)).status).toBe(200);
    expect(await grant(january)).toMatchObject({ status: 409, body: { code: '000409' } });
    expect((await grant(february)).status).toBe(409);
    expect(rowIds()).toHaveLength(1);
  });

  it('takes a further row when switched to newRow', async () => {
    turn({ duplicateGrant: 'newRow' });
    await grant(january);
    expect((await grant(january)).status).toBe(200);
    expect(rowIds()).toHaveLength(2);
  });

  it('takes a row of another window while the same window is 409', async () => {
    turn({ duplicateGrant: { otherWindow: 'newRow' } });
    await grant(january);
    expect((await grant(february)).status).toBe(200);
    expect((await grant(january)).status).toBe(409);
    expect((await grant(february)).status).toBe(409);
    expect(rowIds()).toHaveLength(2);
  });

  it('refuses with 422 when switched to unprocessable', async () => {
    turn({ duplicateGrant: { sameWindow: 'unprocessable' } });
    await grant(january);
    expect(await grant(january)).toMatchObject({
      status: 422,
      body: { errors: { assignee_id: ['has already been taken'] } },
    });
    expect((await grant(february)).status).toBe(409);
  });

  it('counts another role of the same user in the same group, but not another group', async () => {
    await grant();
    const manager = rowBody(user);
    manager.role_assignment['role_id'] = 'group_manager';
    expect((await bench.call('POST', '/role_assignments', { body: manager })).status).toBe(409);
    const { id } = await bench.done('POST', '/groups', { body: { group: { name: 'Other' } } });
    const elsewhere = rowBody(user, {}, id);
    expect((await bench.call('POST', '/role_assignments', { body: elsewhere })).status).toBe(200);
  });
});

describe('patchWindow', () => {
  const until = '2030-06-01T00:00:00Z';
  const patch = async (change: Record<string, unknown>): Promise<[Reply, unknown]> => {
    const [id] = rowIds();
    const reply = await bench.call('PATCH', `/role_assignments/${id ?? 0}`, {
      body: { role_assignment: change },
    });
    return [reply, await bench.done<unknown>('GET', `/role_assignments/${id ?? 0}`)];
  };
  beforeEach(() => grant(january));

  it('is honoured by default, and null clears', async () => {
    const [reply, row] = await patch({ valid_until: until });
    expect(reply.status).toBe(204);
    expect(row).toMatchObject({ valid_from: january.valid_from, valid_until: until });
    const [, opened] = await patch({ valid_from: null, valid_until: null });
    expect(opened).toMatchObject({ valid_from: null, valid_until: null });
  });

  it('answers 204 and changes nothing when ignored', async () => {
    turn({ patchWindow: 'ignored' });
    const [reply, row] = await patch({ valid_until: until });
    expect(reply.status).toBe(204);
    expect(row).toMatchObject(january);
  });

  it('answers 422 and changes nothing when refused, but lets the rest be changed', async () => {
    turn({ patchWindow: 'refused' });
    const [reply, row] = await patch({ valid_until: until });
    expect(reply).toMatchObject({
      status: 422,
      body: { errors: { valid_until: ['cannot be changed'] } },
    });
    expect(row).toMatchObject(january);
    const [other, promoted] = await patch({ role_id: 'group_manager', notify: until });
    expect(other.status).toBe(204);
    expect(promoted).toMatchObject({ role_id: 'group_manager', notify: false });
  });
});

describe('rows after their end', () => {
  const afterwards = Date.parse('2030-02-01T00:00:00Z');
  beforeEach(() => grant(january));

  it('keeps them listed by default, and blocks a new one', async () => {
    bench.simulator.setClock({ now: afterwards });
    expect(await listed()).toHaveLength(1);
    expect((await grant(february)).status).toBe(409);
  });

  it('lets a new one in when expiredRowBlocks is off, but not while the old one lasts', async () => {
    turn({ expiredRowBlocks: false });
    bench.simulator.setClock({ now: afterwards - 5_000 });
    expect((await grant(february)).status).toBe(409);
    bench.simulator.setClock({ now: afterwards });
    expect((await grant(february)).status).toBe(200);
    expect(rowIds()).toHaveLength(2);
  });

  it('deletes them when purged, at their end and not before', async () => {
    turn({ expiredRows: 'purged' });
    const [id] = rowIds();
    bench.simulator.setClock({ now: afterwards - 5_000 });
    expect(await listed()).toHaveLength(1);
    bench.simulator.setClock({ now: afterwards });
    expect(await listed()).toHaveLength(0);
    expect((await bench.call('GET', `/role_assignments/${id ?? 0}`)).status).toBe(404);
    expect((await grant(february)).status).toBe(200);
  });
});

describe('validation and search', () => {
  it('reversedWindow: 422, or taken', async () => {
    const reversed = { valid_from: january.valid_until, valid_until: january.valid_from };
    expect((await grant(reversed)).status).toBe(422);
    turn({ reversedWindow: 'accepted' });
    expect((await grant(reversed)).status).toBe(200);
  });

  it('existingUser: 409 or 422, whatever the case of the e-mail', async () => {
    const body = { user: { email: 'ANN@members.test' } };
    expect(await bench.call('POST', '/users', { body })).toMatchObject({
      status: 409,
      body: { code: '000409' },
    });
    turn({ existingUser: 'unprocessable' });
    expect(await bench.call('POST', '/users', { body })).toMatchObject({
      status: 422,
      body: { errors: { email: ['has already been taken'] } },
    });
  });

  it('emailFilter: exact, or contained; query is always fuzzy', async () => {
    await makeUser(bench, 'joann@members.test');
    expect(await listed('/users?email=Ann@members.test')).toHaveLength(1);
    turn({ emailFilter: 'contains' });
    expect(await listed('/users?email=ann@members.test')).toHaveLength(2);
    expect(await listed('/users?query=ann@members.test')).toHaveLength(2);
  });

  it('memberLocks: only what opens now, or also what opens another time', async () => {
    await grant(january);
    const key = await deviceSecret(bench, 'ann@members.test');
    expect((await bench.call('GET', '/locks', { key })).body).toHaveLength(0);
    turn({ memberLocks: 'anyWindow' });
    expect((await bench.call('GET', '/locks', { key })).body).toHaveLength(2);
  });
});

describe('lists', () => {
  const grantMany = async (count: number): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const member = await makeUser(bench, `m${n}@members.test`);
      await bench.done('POST', '/role_assignments', { body: rowBody(member) });
    }
  };

  it('listLagMs: a new row shows late, a deleted one stays as long; reads by id are current', async () => {
    turn({ listLagMs: 10_000 });
    const frozen = bench.simulator.now();
    bench.simulator.setClock({ now: frozen, frozen: true });
    const { id } = (await grant()).body as { id: number };
    expect(await listed()).toEqual([]);
    expect((await bench.call('GET', `/role_assignments/${id}`)).status).toBe(200);
    bench.simulator.setClock({ advanceMs: 9_999 });
    expect(await listed()).toEqual([]);
    bench.simulator.setClock({ advanceMs: 1 });
    expect(await listed()).toHaveLength(1);
    await bench.call('DELETE', `/role_assignments/${id}`);
    expect(await listed()).toHaveLength(1);
    turn({ listLagMs: 0 });
    expect(await listed()).toEqual([]);
  });

  it('pageShift: later pages skip rows or repeat them', async () => {
    await grantMany(6);
    const page = async (offset: number): Promise<number[]> =>
      (await listed(`/role_assignments?limit=3&offset=${offset}`)).map(({ id }) => id);
    const all = rowIds();
    expect([...(await page(0)), ...(await page(3))]).toEqual(all);
    turn({ pageShift: 1 });
    expect([...(await page(0)), ...(await page(3))]).toEqual(all.toSpliced(3, 1));
    turn({ pageShift: -1 });
    expect(await page(3)).toEqual(all.slice(2, 5));
  });

  it('limitAboveMax: cut down, or 400', async () => {
    const above = '/role_assignments?limit=251';
    const reply = await bench.call('GET', above);
    expect(reply.status).toBe(200);
    await grant();
    expect((await bench.call('GET', above)).headers.get('X-Collection-Range')).toBe('0-249/1');
    turn({ limitAboveMax: 'refuse' });
    expect((await bench.call('GET', above)).status).toBe(400);
  });

  it('refuses paging and sorting that make no sense', async () => {
    for (const query of ['limit=0', 'limit=x', 'offset=20001', 'sort=id', 'assignee_id=1']) {
      expect((await bench.call('GET', `/role_assignments?${query}`)).status).toBe(400);
    }
  });
});

describe('the whole service', () => {
  it('latencyMs: every call takes that long', async () => {
    const time = async (): Promise<number> => {
      const before = performance.now();
      await bench.call('GET', '/user');
      return performance.now() - before;
    };
    expect(await time()).toBeLessThan(300);
    turn({ latencyMs: 400 });
    expect(await time()).toBeGreaterThanOrEqual(395);
  });

  it('outage: 503 or a reset connection, and nothing is done', async () => {
    turn({ outage: 'unavailable' });
    expect(await grant()).toMatchObject({ status: 503, body: { code: '000503' } });
    turn({ outage: 'reset' });
    await expect(grant()).rejects.toThrow('fetch failed');
    turn({ outage: 'none' });
    expect(rowIds()).toEqual([]);
    expect((await grant()).status).toBe(200);
    const outcomes = bench.simulator
      .requests()
      .filter(({ method, path }) => method === 'POST' && path === '/role_assignments')
      .map(({ status, outcome }) => [status, outcome]);
    expect(outcomes).toEqual([
      [503, 'answered'],
      [null, 'dropped'],
      [200, 'answered'],
    ]);
  });

  it('unlock: by the ledger, with any code, or never', async () => {
    const path = `/locks/${seeded.frontDoor}/unlock`;
    expect((await bench.call('POST', path)).status).toBe(200);
    const statuses: Record<string, number> = {
      fcd8ef: 403,
      f358de: 403,
      fad110: 409,
      fad10e: 404,
      fac001: 503,
    };
    for (const [code, status] of Object.entries(statuses)) {
      turn({ unlock: code });
      expect(await bench.call('POST', path)).toMatchObject({ status, body: { code } });
    }
    turn({ unlock: 'hang' });
    const hanging = fetch(bench.url + path, {
      method: 'POST',
      headers: { Authorization: 'KISI-LOGIN simulated-kisi-demo-api-key' },
      signal: AbortSignal.timeout(300),
    });
    await expect(hanging).rejects.toThrow('timeout');
  });
});

describe('the switches themselves', () => {
  it('refuse what they do not know and keep what was not named', () => {
    const before = bench.simulator.switches();
    expect(() =>
      bench.simulator.setSwitches({ outage: 'some' } as unknown as SwitchesPatch),
    ).toThrow();
    expect(() => bench.simulator.setSwitches({ nope: 1 } as unknown as SwitchesPatch)).toThrow();
    expect(bench.simulator.switches()).toEqual(before);
    const after = bench.simulator.setSwitches({ rateLimit: { perSecond: 2 } });
    expect(after).toEqual({ ...before, rateLimit: { ...before.rateLimit, perSecond: 2 } });
  });
});
