import type { FaultInput } from '../../simulator';
import type { Bench, Reply } from './support';
import { closeBenches, makeUser, rowBody, startBench } from './support';

let bench: Bench;
let user: number;

beforeEach(async () => {
  bench = await startBench();
  user = await makeUser(bench, 'ann@members.test');
});
afterEach(closeBenches);

const grant = (): Promise<Reply> =>
  bench.call('POST', '/role_assignments', { body: rowBody(user) });
const rows = (): number => bench.simulator.state().roleAssignments.length;
const lastPost = () =>
  bench.simulator
    .requests()
    .findLast(({ path, method }) => path === '/role_assignments' && method === 'POST');
const onGrant = { method: 'POST', path: '/role_assignments' } as const;

describe('scripted faults', () => {
  it('none: the call is done and answered', async () => {
    expect((await grant()).status).toBe(200);
    expect(rows()).toBe(1);
    expect(lastPost()).toMatchObject({ outcome: 'answered', doneStatus: 200, faultId: null });
  });

  it('dropBefore: no answer, and nothing is done', async () => {
    const { id } = bench.simulator.addFault({ kind: 'dropBefore', ...onGrant, count: 1 });
    await expect(grant()).rejects.toThrow('fetch failed');
    expect(rows()).toBe(0);
    expect(lastPost()).toMatchObject({
      outcome: 'dropped',
      status: null,
      doneStatus: null,
      faultId: id,
    });
    expect((await grant()).status).toBe(200);
  });

  it('dropAfter: the row is there, the reply is lost', async () => {
    bench.simulator.addFault({ kind: 'dropAfter', ...onGrant, count: 1 });
    await expect(grant()).rejects.toThrow('fetch failed');
    expect(rows()).toBe(1);
    expect(lastPost()).toMatchObject({ outcome: 'dropped', status: null, doneStatus: 200 });
    expect((await grant()).status).toBe(409);
  });

  it('answerAfter: the row is there, the caller is told 500 or 503', async () => {
    bench.simulator.addFault({ kind: 'answerAfter', ...onGrant, status: 500, count: 1 });
    expect(await grant()).toMatchObject({ status: 500, body: { code: '000500' } });
    expect(rows()).toBe(1);
    expect(lastPost()).toMatchObject({ status: 500, doneStatus: 200 });
  });

  it('answerBefore: the caller is told anything, and nothing is done', async () => {
    const answer = { status: 503, body: '<h1>Bad gateway</h1>', headers: { 'Retry-After': '7' } };
    bench.simulator.addFault({ kind: 'answerBefore', ...onGrant, ...answer, count: 1 });
    const reply = await grant();
    expect(reply).toMatchObject({ status: 503, body: '<h1>Bad gateway</h1>' });
    expect(reply.headers.get('Retry-After')).toBe('7');
    expect(rows()).toBe(0);
  });

  it('delay: only the scoped call is late', async () => {
    bench.simulator.addFault({ kind: 'delay', ...onGrant, ms: 400 });
    const before = performance.now();
    await bench.call('GET', '/role_assignments');
    expect(performance.now() - before).toBeLessThan(300);
    await grant();
    expect(performance.now() - before).toBeGreaterThanOrEqual(395);
  });

  it('hold before: the call stops undone until it is released', async () => {
    const { id } = bench.simulator.addFault({ kind: 'hold', when: 'before', ...onGrant });
    const pending = grant();
    await bench.simulator.waitUntilHeld(id);
    expect(rows()).toBe(0);
    expect(lastPost()).toMatchObject({ outcome: 'open', doneStatus: null });
    expect(bench.simulator.releaseFault(id)).toBe(true);
    expect((await pending).status).toBe(200);
    expect(rows()).toBe(1);
    expect(bench.simulator.releaseFault(id)).toBe(false);
  });

  it('hold after: the call is done, its answer waits', async () => {
    const { id } = bench.simulator.addFault({ kind: 'hold', when: 'after', ...onGrant });
    const pending = grant();
    await bench.simulator.waitUntilHeld(id);
    expect(rows()).toBe(1);
    expect(bench.simulator.fault(id)).toMatchObject({ hits: 1, held: 1 });
    bench.simulator.clearFaults();
    expect((await pending).status).toBe(200);
  });

  it('hold, then drop: a caller that was killed never hears of it', async () => {
    const before = bench.simulator.addFault({ kind: 'hold', when: 'before', ...onGrant });
    const undone = grant();
    await bench.simulator.waitUntilHeld(before.id);
    bench.simulator.releaseFault(before.id, { drop: true });
    await expect(undone).rejects.toThrow('fetch failed');
    expect(rows()).toBe(0);
  });

  it('does what was held even when the caller has gone', async () => {
    const { id } = bench.simulator.addFault({ kind: 'hold', when: 'before', ...onGrant });
    const caller = new AbortController();
    const pending = fetch(`${bench.url}/role_assignments`, {
      method: 'POST',
      body: JSON.stringify(rowBody(user)),
      headers: {
        Authorization: 'KISI-LOGIN simulated-kisi-demo-api-key',
        'Content-Type': 'application/json',
      },
      signal: caller.signal,
    });
    await bench.simulator.waitUntilHeld(id);
    caller.abort();
    await expect(pending).rejects.toThrow('aborted');
    // Long enough for the simulator to see that nobody listens any more.
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(rows()).toBe(0);
    bench.simulator.releaseFault(id);
    const deadline = performance.now() + 5_000;
    while (rows() === 0 && performance.now() < deadline) await new Promise(setImmediate);
    expect(rows()).toBe(1);
  });

  it('are scoped by method, path pattern, key owner, skip and count', async () => {
    const { simulator } = bench;
    const fault = (script: Partial<FaultInput>): void => {
      simulator.clearFaults();
      simulator.addFault({ kind: 'answerBefore', status: 503, ...script } as FaultInput);
    };
    const get = async (path: string): Promise<number> => (await bench.call('GET', path)).status;
    fault({ path: '/users*' });
    expect([await get('/users'), await get(`/users/${user}`), await get('/user')]).toEqual([
      503, 503, 200,
    ]);
    fault({ path: '/users' });
    expect([await get('/users'), await get(`/users/${user}`)]).toEqual([503, 200]);
    fault({ method: 'DELETE' });
    expect(await get('/users')).toBe(200);
    fault({ keyOwnerId: user });
    expect(await get('/users')).toBe(200);
    fault({ skip: 1, count: 2 });
    expect([
      await get('/user'),
      await get('/user'),
      await get('/user'),
      await get('/user'),
    ]).toEqual([200, 503, 503, 200]);
  });

  it('refuse a script that makes no sense', () => {
    const scripts = [
      { kind: 'explode' },
      { kind: 'hold' },
      { kind: 'delay', ms: -1 },
      { kind: 'dropAfter', path: 'users' },
    ];
    for (const script of scripts) {
      expect(() => bench.simulator.addFault(script as unknown as FaultInput)).toThrow();
    }
    expect(bench.simulator.faults()).toEqual([]);
  });
});
