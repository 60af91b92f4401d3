import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { tsToMs } from '@temporalio/common/lib/time';
import { mean } from 'simple-statistics';
import { z } from 'zod';
import { StoryError } from '../../scripts/story/json-client';
import type { RequestEntry } from '../../simulator';
import { sourceGrantId } from '../../src/access/apply-source';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../../src/contracts/names';
import type { SourceRef } from '../../src/domain/source';
import { openStore } from '../../src/store';
import { billableActions, sumOf } from '../billable-actions';
import { inTurns } from '../in-turns';
import { callsBetween, isDone } from '../kisi-calls';
import { KISI_KEY, startProduct, type Product } from '../product';
import type { Benchmark, BenchContext, Figure } from '../row';

const HOUR = 3_600_000;
const LOOK_MS = 250;
const SEND_AGAIN_MS = 2_000;
const WITHIN_MS = 20 * 60_000;
/** Bookings whose histories are counted. */
const SAMPLED = 5;
const SPACES = 20;
const LOCATION = 'loc_bench';
const withId = z.object({ id: z.string() });

/** The front door's mapping is pointed at another group while many bookings are live. */
export const mappingChange: Benchmark = {
  name: 'mapping-change',
  title: 'A re-pointed mapping',
  usesTemporal: true,
  async run(context) {
    const real = await measure(context, { bookings: context.quick ? 4 : 100, callsPerSecond: 5 });
    const fast = await measure(context, { bookings: context.quick ? 8 : 500, callsPerSecond: 50 });
    return {
      figures: [...real, ...fast],
      notes: [
        'one member a booking, all live, in 20 spaces; the Group mapping of their location is stored as pointing at another group and applyMappingChange started, as the API does. The clock stops when the last old row is gone and the last new one made, which the ledger confirms for every member and both doors.',
        'at 5 a second the worker is that of production; at 50 the simulator takes so many, and the worker counts the key owner as ten of five slots each, so that what is slow is ours.',
        'events and actions: of the booking, its grant and both passes, from the change on.',
      ],
    };
  },
};

interface Size {
  bookings: number;
  callsPerSecond: number;
}

/** A booking's member, and where the front door was and will be. */
interface Guest {
  source: SourceRef;
  memberId: string;
  email: string;
}

async function measure(context: BenchContext, size: Size): Promise<Figure[]> {
  const { servers, log } = context;
  const { callsPerSecond } = size;
  const product = await startProduct(
    servers,
    { locks: 2, groups: 2, ...(callsPerSecond === 5 ? {} : { callsPerSecond }) },
    log,
  );
  try {
    const death = product.died.then((reason) => {
      throw new Error(reason);
    });
    return await Promise.race([repoint(product, size, log), death]);
  } finally {
    await product.close();
  }
}

async function repoint(
  product: Product,
  { bookings, callsPerSecond }: Size,
  log: (line: string) => void,
): Promise<Figure[]> {
  const { simulator, temporal } = product;
  const { locks, groups } = simulator.state();
  const [before, after] = [locks[0]?.id ?? 0, locks[1]?.id ?? 0];
  const [oldGroup, newGroup] = [groups[0]?.id ?? 0, groups[1]?.id ?? 0];
  const mappingId = await furnish(product, oldGroup);
  log(`Granting ${String(bookings)} bookings …`);
  const guests = await book(product, bookings);
  const isOpen = ({ email }: Guest, lockId: number): boolean =>
    simulator.couldOpen({ email, lockId }).open;
  await untilAll(guests, (guest) => isOpen(guest, before));

  log('Pointing the mapping at the other group …');
  const store = await openStore({
    uri: product.mongoUri,
    encryption: [{ id: 'unused', key: new Uint8Array(randomBytes(32)) }],
  });
  const since = Date.now();
  await store.doorMappings.update(mappingId, { resourceId: newGroup });
  await store.close();
  const jobId = `job_${randomUUID()}`;
  const place = { spaceIds: [], locationIds: [LOCATION], deleted: false };
  const change = { kind: 'mapping', doorMappingId: mappingId, ...place };
  await temporal.workflow.execute(WORKFLOW_TYPES.applyMappingChange, {
    workflowId: workflowIds.mappingChange(jobId),
    taskQueue: TASK_QUEUES.workflows,
    args: [{ change, jobId }],
  });
  const told = (Date.now() - since) / 1_000;
  await untilAll(guests, (guest) => isOpen(guest, after) && !isOpen(guest, before));

  const made = callsBetween(simulator, since);
  const last = Math.max(...endsOf(made, 'POST'), ...endsOf(made, 'DELETE'));
  const calls = made.filter(({ arrivedAt }) => arrivedAt <= last);
  const seconds = (last - since) / 1_000;
  const costs = await Promise.all(
    guests.slice(0, SAMPLED).map((guest) => costOf(product, guest, mappingId, since)),
  );
  const what = `${String(bookings)} bookings at ${String(callsPerSecond)} a second`;
  const bound = calls.length / callsPerSecond;
  return [
    { name: `${what}: every one told`, value: told, unit: 's' },
    { name: `${what}: all old gone, all new in place`, value: seconds, unit: 's' },
    { name: `${what}: calls made`, value: calls.length, unit: 'count' },
    {
      name: `${what}: time ÷ (calls ÷ ${String(callsPerSecond)} a second)`,
      value: seconds / bound,
      unit: 'ratio',
      ...(callsPerSecond === 5 ? { target: '≤ 1.2' } : {}),
    },
    {
      name: `${what}: calls refused for their rate`,
      value: calls.filter(({ status }) => status === 429).length,
      unit: 'count',
      target: '0',
    },
    {
      name: `${what}: Temporal events for each`,
      value: mean(costs.map(({ events }) => events)),
      unit: 'count',
    },
    {
      name: `${what}: billable actions for each`,
      value: mean(costs.map(({ actions }) => actions)),
      unit: 'count',
    },
  ];
}

function endsOf(calls: readonly RequestEntry[], method: 'POST' | 'DELETE'): number[] {
  return calls.filter((call) => isDone(call, method)).flatMap(({ endedAt }) => endedAt ?? []);
}

/** A location whose front door is this group; answers the mapping's id. */
async function furnish({ api }: Product, groupId: number): Promise<string> {
  const put = putBy(api);
  await put(`/v1/locations/${LOCATION}`, { name: 'House', timeZone: 'Europe/Berlin' });
  for (let index = 0; index < SPACES; index += 1) {
    await put(`/v1/spaces/${spaceOf(index)}`, { name: 'Room', locationId: LOCATION });
  }
  const { id: integrationId } = await api.call('/v1/integrations', withId, {
    method: 'POST',
    body: { provider: 'kisi', apiKey: KISI_KEY, locationIds: [LOCATION] },
  });
  const group = { integrationId, resourceType: 'group', resourceId: groupId };
  const mapping = await api.call('/v1/door-mappings', withId, {
    method: 'POST',
    body: { ...group, locationId: LOCATION },
  });
  return mapping.id;
}

/** Puts, and waits as the API asks when it takes no more for now. */
function putBy(api: Product['api']): (path: string, body: object) => Promise<void> {
  return async (path, body) => {
    for (;;) {
      try {
        await api.call(path, z.unknown(), { method: 'PUT', body });
        return;
      } catch (error) {
        const { status } = error instanceof StoryError ? error : { status: null };
        if (status !== 429 && status !== 503) throw error;
        await sleep(SEND_AGAIN_MS);
      }
    }
  };
}

function spaceOf(index: number): string {
  return `spc_${String(index % SPACES)}`;
}

/** So many bookings of a member each, running now. */
async function book({ api }: Product, count: number): Promise<Guest[]> {
  const now = Date.now();
  const dates = {
    startsAt: new Date(now - HOUR).toISOString(),
    endsAt: new Date(now + 4 * HOUR).toISOString(),
  };
  const guests = Array.from({ length: count }, (_, index): Guest => {
    const memberId = `mem_${String(index)}`;
    const source: SourceRef = { kind: 'booking', id: `bkg_${String(index)}` };
    return { source, memberId, email: `${memberId}@example.com` };
  });
  const put = putBy(api);
  await inTurns([...guests.entries()], 10, async ([index, { source, memberId, email }]) => {
    await put(`/v1/members/${memberId}`, { email, name: 'Guest' });
    const booking = { version: 1, memberIds: [memberId], spaceId: spaceOf(index), ...dates };
    await put(`/v1/bookings/${source.id}`, { ...booking, status: 'confirmed' });
  });
  return guests;
}

async function untilAll(
  guests: readonly Guest[],
  isRight: (guest: Guest) => boolean,
): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  let wrong = guests;
  for (;;) {
    wrong = wrong.filter((guest) => !isRight(guest));
    if (wrong.length === 0) break;
    if (Date.now() > deadline) {
      throw new Error(`${String(wrong.length)} of ${String(guests.length)} did not get there.`);
    }
    await sleep(LOOK_MS);
  }
  // Nobody lost again what they had.
  if (!guests.every(isRight)) throw new Error('A door did not stay as it should.');
}

/** What the change cost one booking at Temporal: the booking, its grant and both passes. */
async function costOf(
  { temporal, simulator }: Product,
  { source, memberId }: Guest,
  doorMappingId: string,
  since: number,
): Promise<{ events: number; actions: number }> {
  const passes = simulator.state().groups.map(({ id }) => `pass:${memberId}:group:${String(id)}`);
  const ids = [
    workflowIds.source(source),
    workflowIds.grant(sourceGrantId(source, { memberId, doorMappingId })),
    ...passes,
  ];
  const events = [];
  for (const id of ids) {
    const history = await temporal.workflow.getHandle(id).fetchHistory();
    const all = history.events ?? [];
    events.push(...all.filter(({ eventTime }) => tsToMs(eventTime) >= since));
  }
  return { events: events.length, actions: sumOf(billableActions(events)) };
}
