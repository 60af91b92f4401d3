import type { Bench, Reply } from './support';
import { closeBenches, makeUser, rowBody, seeded, startBench } from './support';

let bench: Bench;
let user: number;

beforeEach(async () => {
  bench = await startBench();
  user = await makeUser(bench, 'ann@members.test');
});
afterEach(closeBenches);

/** Control routes need no key. */
const sim = (method: string, path: string, body?: unknown): Promise<Reply> =>
  bench.call(method, `/_sim${path}`, { key: null, ...(body === undefined ? {} : { body }) });

describe('the control routes', () => {
  it('GET /could-open by e-mail or user id, now or at an instant in either form', async () => {
    const window = { valid_from: '2030-01-01T00:00:00Z', valid_until: '2030-02-01T00:00:00Z' };
    await bench.done('POST', '/role_assignments', { body: rowBody(user, window) });
    const ask = async (query: string): Promise<unknown> => {
      const { body } = await sim('GET', `/could-open?lockId=${seeded.frontDoor}&${query}`);
      return (body as { open: boolean }).open;
    };
    expect(await ask('email=Ann@members.test')).toBe(false);
    expect(await ask('email=ann@members.test&at=2030-01-15T00:00:00Z')).toBe(true);
    expect(await ask(`userId=${user}&at=${Date.parse(window.valid_until)}`)).toBe(false);
    expect(await ask(`userId=${user}&at=${Date.parse(window.valid_until) - 1}`)).toBe(true);
    for (const query of ['', 'email=a@b.test&userId=1', 'email=a@b.test&at=noon', 'userId=1&x=1']) {
      expect((await sim('GET', `/could-open?lockId=${seeded.frontDoor}&${query}`)).status).toBe(
        400,
      );
    }
  });

  it('GET /requests shows time, method, path, key owner and status, and not the control calls', async () => {
    const since = Date.now();
    await bench.call('GET', '/users?limit=1');
    await bench.call('GET', '/user', { key: 'wrong' });
    await sim('GET', '/state');
    const { body } = await sim('GET', `/requests?since=${since}`);
    expect(body).toMatchObject([
      { method: 'GET', path: '/users', query: 'limit=1', keyOwnerId: seeded.owner, status: 200 },
      { method: 'GET', path: '/user', keyOwnerId: null, status: 401, outcome: 'answered' },
    ]);
    for (const { time } of body as { time: string }[])
      expect(Date.parse(time)).toBeGreaterThanOrEqual(since);
    expect((await sim('GET', '/requests?since=2999-01-01T00:00:00Z')).body).toEqual([]);
    expect((await sim('GET', '/requests?since=yesterday')).status).toBe(400);
  });

  it('PUT and GET /switches', async () => {
    const put = await sim('PUT', '/switches', { patchWindow: 'ignored', duplicateGrant: 'newRow' });
    expect(put).toMatchObject({
      status: 200,
      body: {
        patchWindow: 'ignored',
        duplicateGrant: { sameWindow: 'newRow', otherWindow: 'newRow' },
        expiredRows: 'kept',
      },
    });
    expect((await sim('GET', '/switches')).body).toEqual(put.body);
    const bad = await sim('PUT', '/switches', { patchWindow: 'maybe', nope: true });
    expect(bad.status).toBe(400);
    expect((bad.body as { issues: unknown[] }).issues).toHaveLength(2);
  });

  it('POST, GET and DELETE /faults, and the release of a held call', async () => {
    const made = await sim('POST', '/faults', { kind: 'hold', when: 'before', path: '/user' });
    expect(made).toMatchObject({ status: 201, body: { hits: 0, held: 0 } });
    const { id } = made.body as { id: number };
    const pending = bench.call('GET', '/user');
    await bench.simulator.waitUntilHeld(id);
    expect((await sim('GET', `/faults/${id}`)).body).toMatchObject({ held: 1 });
    expect((await sim('POST', `/faults/${id}/release`)).status).toBe(204);
    expect((await pending).status).toBe(200);
    expect((await sim('POST', `/faults/${id}/release`)).status).toBe(404);
    await sim('POST', '/faults', { kind: 'answerBefore', status: 503 });
    expect((await bench.call('GET', '/user')).status).toBe(503);
    expect((await sim('DELETE', '/faults')).status).toBe(204);
    expect((await bench.call('GET', '/user')).status).toBe(200);
    expect((await sim('GET', '/faults')).body).toEqual([]);
    expect((await sim('POST', '/faults', { kind: 'explode' })).status).toBe(400);
  });

  it('POST /drift', async () => {
    const drift = { kind: 'addRow', assigneeId: user, groupId: seeded.commonAreas };
    const { status, body } = await sim('POST', '/drift', drift);
    expect(status).toBe(200);
    expect(bench.simulator.state().roleAssignments.map(({ id }) => ({ id }))).toEqual([body]);
    expect((await sim('POST', '/drift', { kind: 'deleteRow', id: 1 })).status).toBe(404);
    expect((await sim('POST', '/drift', { kind: 'nope' })).status).toBe(400);
  });

  it('POST /clock sets, freezes, advances and goes back to real time', async () => {
    const set = async (command: object): Promise<number> => {
      const { body } = await sim('POST', '/clock', command);
      return Date.parse((body as { now: string }).now);
    };
    const start = Date.parse('2031-01-01T00:00:00Z');
    expect(await set({ now: start, frozen: true })).toBe(start);
    expect(await set({ advanceMs: 1500 })).toBe(start + 1500);
    expect(bench.simulator.now()).toBe(start + 1500);
    const running = await set({ now: '2032-01-01T00:00:00Z' });
    expect(running - Date.parse('2032-01-01T00:00:00Z')).toBeLessThan(1000);
    expect(Math.abs((await set({ real: true })) - Date.now())).toBeLessThan(1000);
    expect((await sim('POST', '/clock', { now: 'noon' })).status).toBe(400);
    expect((await sim('GET', '/clock')).status).toBe(200);
  });

  it('POST /seed answers the ids by name', async () => {
    const organization = {
      name: 'Two',
      domain: 'two',
      owner: { email: 'o@two.test', apiKeys: ['key-two'] },
      users: [{ email: 'm@two.test' }],
      places: [{ name: 'House', locks: [{ name: 'Gate' }] }],
      groups: [{ name: 'All', locks: ['Gate'] }],
    };
    const { status, body } = await sim('POST', '/seed', { organizations: [organization] });
    expect(status).toBe(201);
    const [ids] = (body as { organizations: { id: number; locks: object }[] }).organizations;
    expect(ids).toMatchObject({
      locks: { Gate: expect.any(Number) as number },
      groups: { All: expect.any(Number) as number },
      users: { 'm@two.test': expect.any(Number) as number },
    });
    expect(await bench.done('GET', '/organization', { key: 'key-two' })).toMatchObject({
      name: 'Two',
      id: ids?.id,
    });
    expect((await sim('POST', '/seed', { organizations: [{ name: 'X' }] })).status).toBe(400);
  });

  it('GET /state keeps every secret to itself', async () => {
    const { body } = await sim('GET', '/state');
    expect(body).toMatchObject({ locks: [{ name: 'Front Door' }, {}, {}] });
    expect(JSON.stringify(body)).not.toContain('simulated-kisi-demo-api-key');
  });

  it('POST /reset goes back to the first seed', async () => {
    const before = bench.simulator.state();
    await sim('PUT', '/switches', { outage: 'unavailable' });
    await sim('POST', '/clock', { advanceMs: 1_000_000 });
    await sim('POST', '/faults', { kind: 'dropBefore' });
    expect((await sim('POST', '/reset')).status).toBe(204);
    const after = bench.simulator.state();
    const planted = before.users.filter(({ email }) => email.endsWith('@simulated-coworking.test'));
    expect(after.users.map(({ id }) => id)).toEqual(planted.map(({ id }) => id));
    expect(after.locks.map(({ id, name }) => [id, name])).toEqual(
      before.locks.map(({ id, name }) => [id, name]),
    );
    expect(after.now - Date.now()).toBeLessThan(1000);
    expect(bench.simulator.requests()).toEqual([]);
    expect((await bench.call('GET', '/user')).status).toBe(200);
  });

  it('answer an unknown route with 404 and a broken body with 400', async () => {
    expect((await sim('GET', '/nope')).status).toBe(404);
    const broken = await fetch(`${bench.url}/_sim/drift`, {
      method: 'POST',
      body: '{',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(broken.status).toBe(400);
  });

  it('GET /healthz works through an outage', async () => {
    bench.simulator.setSwitches({ outage: 'reset' });
    expect(await bench.call('GET', '/healthz', { key: null })).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
  });
});
