import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SwitchesPatch } from '../../simulator';
import { closeBenches, makeUser, rowBody, seeded, startBench, type Bench } from './support';

const KEY = 'a-signature-key';
const EVENTS = ['lock.unlock', 'role_assignment.update', 'role_assignment.destroy'];

interface Heard {
  body: string;
  event: Record<string, unknown>;
  signature: string | undefined;
}

let server: Server;
let url: string;
const heard: Heard[] = [];
/** What the next calls are answered; then 200. */
let answers: number[] = [];
beforeAll(async () => {
  server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const signature = req.headers['x-signature'] as string | undefined;
      heard.push({ body, event: JSON.parse(body) as Heard['event'], signature });
      res.writeHead(answers.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/hook`;
});
beforeEach(() => {
  heard.length = 0;
  answers = [];
});
afterEach(closeBenches);
afterAll(() => new Promise((resolve) => server.close(resolve)));

async function until(what: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!what()) {
    if (Date.now() > deadline) throw new Error(`It did not happen; heard ${JSON.stringify(heard)}`);
    await sleep(10);
  }
}

async function listening(webhook: SwitchesPatch['webhook'] = {}): Promise<Bench> {
  const bench = await startBench();
  bench.simulator.setSwitches({ webhook });
  await bench.done('POST', '/integrations', {
    body: {
      integration: {
        name: 'Latchkey',
        type: 'event_webhook',
        url,
        enabled_events: EVENTS,
        signature_key: KEY,
      },
    },
  });
  return bench;
}

/** A row of a new user in the seeded group. */
async function newRow(bench: Bench): Promise<number> {
  const userId = await makeUser(bench, 'mona@example.com');
  return (await bench.done('POST', '/role_assignments', { body: rowBody(userId) })).id;
}

const hexOf = (body: string): string => createHmac('sha256', KEY).update(body).digest('hex');
const typesHeard = (): unknown[] => heard.map(({ event }) => event['type']);

it('sends what integrations do through the API, signed, and only the types that are enabled', async () => {
  const bench = await listening();
  const rowId = await newRow(bench);
  await bench.call('DELETE', `/role_assignments/${String(rowId)}`);
  await until(() => heard.length === 1);
  const [only] = heard;
  expect(only?.event).toMatchObject({
    type: 'role_assignment.destroy',
    actor_type: 'User',
    actor_id: seeded.owner,
    actor_name: 'Olivia Owner',
    object_type: 'RoleAssignment',
    object_id: rowId,
    organization_id: seeded.organization,
    success: true,
  });
  expect(only?.event['uuid']).toMatch(/^[0-9a-f-]{36}$/);
  expect(only?.event['created_at']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(only?.signature).toBe(`sha256=${hexOf(only?.body ?? '')}`);
});

it('sends drift in the name of an administrator, or of whoever is said', async () => {
  const bench = await listening();
  const rowId = await newRow(bench);
  bench.simulator.drift({ kind: 'editRow', id: rowId, validUntil: '2030-01-01T00:00:00Z' });
  await until(() => heard.length === 1);
  bench.simulator.drift({ kind: 'deleteRow', id: rowId, byId: null });
  await until(() => heard.length === 2);
  expect(heard.map(({ event }) => [event['type'], event['actor_type'], event['actor_id']])).toEqual(
    [
      ['role_assignment.update', 'User', seeded.desk],
      ['role_assignment.destroy', 'System', null],
    ],
  );
});

it('sends unlocks, refused ones with their code', async () => {
  const bench = await listening();
  await bench.done('POST', `/locks/${String(seeded.frontDoor)}/unlock`);
  bench.simulator.setSwitches({ unlock: 'fcd8ef' });
  await bench.call('POST', `/locks/${String(seeded.frontDoor)}/unlock`);
  await until(() => heard.length === 2);
  const [opened, refused] = heard.map(({ event }) => event);
  expect(opened).toMatchObject({
    type: 'lock.unlock',
    object_type: 'Lock',
    object_id: seeded.frontDoor,
    object_name: 'Front Door',
    place_id: seeded.place,
    success: true,
  });
  expect(opened).not.toHaveProperty('error_code');
  expect(refused).toMatchObject({ success: false, error_code: 'fcd8ef' });
});

it('signs in bare hex, or not at all', async () => {
  const bench = await listening({ signature: 'bareHex' });
  await bench.done('POST', `/locks/${String(seeded.frontDoor)}/unlock`);
  await until(() => heard.length === 1);
  expect(heard[0]?.signature).toBe(hexOf(heard[0]?.body ?? ''));
  bench.simulator.setSwitches({ webhook: { signature: 'none' } });
  await bench.done('POST', `/locks/${String(seeded.frontDoor)}/unlock`);
  await until(() => heard.length === 2);
  expect(heard[1]?.signature).toBeUndefined();
});

it('sends twice, in reverse and late', async () => {
  const bench = await listening({ copies: 2, order: 'reversed', delayMs: 300 });
  const rowId = await newRow(bench);
  const begun = performance.now();
  await bench.call('PATCH', `/role_assignments/${String(rowId)}`, {
    body: { role_assignment: { notify: false } },
  });
  await bench.call('DELETE', `/role_assignments/${String(rowId)}`);
  // The simulator notes a delivery once it has read the answer, a moment after it was heard.
  await until(() => bench.simulator.deliveries().length === 4);
  expect(performance.now() - begun).toBeGreaterThan(290);
  expect(new Set(heard.map(({ event }) => event['uuid'])).size).toBe(2);
  expect(
    bench.simulator
      .deliveries()
      .map(({ type }) => type)
      .sort(),
  ).toEqual(typesHeard().map(String).sort());
  expect(typesHeard()[0]).toBe('role_assignment.destroy');
  expect(typesHeard().at(-1)).toBe('role_assignment.update');
});

it('tries again what was refused, and disables a webhook that keeps failing', async () => {
  const bench = await listening({ disableAfter: 1 });
  answers = [500];
  await bench.done('POST', `/locks/${String(seeded.frontDoor)}/unlock`);
  await until(() => bench.simulator.deliveries().length === 2);
  expect(bench.simulator.deliveries().map(({ attempt, status }) => [attempt, status])).toEqual([
    [1, 500],
    [2, 200],
  ]);
  answers = [401, 401, 401];
  await bench.done('POST', `/locks/${String(seeded.frontDoor)}/unlock`);
  await until(() => bench.simulator.state().integrations[0]?.enabled === false);
  const [webhook] = await bench.done<object[]>('GET', '/integrations');
  expect(webhook).toMatchObject({ enabled: false, disabled_due_to_error: true });
  expect((webhook as Record<string, unknown>)['disabled_due_to_error_at']).toMatch(/Z$/);
  await bench.done('POST', `/locks/${String(seeded.frontDoor)}/unlock`);
  expect(bench.simulator.deliveries()).toHaveLength(5);
});
