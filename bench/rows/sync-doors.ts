import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { callsBetween } from '../kisi-calls';
import { KISI_KEY, startProduct, type Product } from '../product';
import type { Benchmark, Figure } from '../row';

const LOOK_MS = 250;
const WITHIN_MS = 10 * 60_000;
/** The most rows that Kisi gives at once (kisi/facts.md §3). */
const PAGE = 250;
const CALLS_PER_SECOND = 5;

const withId = z.object({ id: z.string() });
const jobShape = z.object({
  id: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  message: z.string().nullable(),
  result: z.object({ created: z.number(), unchanged: z.number(), calls: z.number() }).nullable(),
});

interface Sync {
  seconds: number;
  calls: number;
  created: number;
  unchanged: number;
  /** Calls that Kisi answered 429. */
  throttled: number;
}

/** All doors of a large organization are pulled and mapped, and once more when nothing has changed. */
export const syncDoors: Benchmark = {
  name: 'sync-doors',
  title: 'A sync of all doors',
  usesTemporal: true,
  async run({ servers, quick, log }) {
    const size = quick ? { locks: 60, groups: 8 } : { locks: 2_000, groups: 300 };
    const product = await startProduct(servers, size, log);
    try {
      const death = product.died.then((reason) => {
        throw new Error(reason);
      });
      const integrationId = await connect(product);
      const sync = (): Promise<Sync> => Promise.race([measure(product, integrationId), death]);
      log(`Syncing ${String(size.locks)} locks and ${String(size.groups)} groups …`);
      const first = await sync();
      log('Syncing again …');
      const again = await sync();
      return {
        figures: [
          ...describe('first', first, floorOf(size)),
          ...describe('again', again, floorOf(size)),
        ],
        notes: [
          `${String(size.locks)} locks and ${String(size.groups)} groups with a lock each; POST /v1/door-mappings/sync until its job is done, 50 ms a call at Kisi.`,
          'the floor: every page of both lists and one call for each group. Kisi has no list of the locks in all groups.',
        ],
      };
    } finally {
      await product.close();
    }
  },
};

function floorOf({ locks, groups }: { locks: number; groups: number }): number {
  return Math.ceil(locks / PAGE) + Math.ceil(groups / PAGE) + groups;
}

async function connect({ api }: Product): Promise<string> {
  const place = { name: 'House', timeZone: 'Europe/Berlin' };
  await api.call('/v1/locations/loc_bench', z.unknown(), { method: 'PUT', body: place });
  const integration = await api.call('/v1/integrations', withId, {
    method: 'POST',
    body: { provider: 'kisi', apiKey: KISI_KEY, locationIds: ['loc_bench'] },
  });
  // What the connection itself asks of Kisi is not to be counted.
  await sleep(2_000);
  return integration.id;
}

async function measure({ api, simulator }: Product, integrationId: string): Promise<Sync> {
  const since = Date.now();
  let job = await api.call('/v1/door-mappings/sync', jobShape, {
    method: 'POST',
    body: { integrationId },
  });
  while (job.state === 'running') {
    if (Date.now() > since + WITHIN_MS) throw new Error('The sync did not end in time.');
    await sleep(LOOK_MS);
    job = await api.call(`/v1/jobs/${job.id}`, jobShape);
  }
  const seconds = (Date.now() - since) / 1_000;
  if (job.result === null) throw new Error(`The sync failed: ${job.message ?? 'no reason'}`);
  const { created, unchanged } = job.result;
  const calls = callsBetween(simulator, since);
  return {
    seconds,
    calls: calls.length,
    created,
    unchanged,
    throttled: calls.filter(({ status }) => status === 429).length,
  };
}

function describe(which: string, sync: Sync, floor: number): Figure[] {
  const least = floor / CALLS_PER_SECOND;
  return [
    {
      name: `${which}: calls to Kisi`,
      value: sync.calls,
      unit: 'count',
      target: `floor ${String(floor)}`,
    },
    {
      name: `${which}: time`,
      value: sync.seconds,
      unit: 's',
      target: `floor at 5 a second ${String(least)} s`,
    },
    { name: `${which}: calls answered 429`, value: sync.throttled, unit: 'count', target: '0' },
    { name: `${which}: mappings made`, value: sync.created, unit: 'count' },
    { name: `${which}: mappings unchanged`, value: sync.unchanged, unit: 'count' },
  ];
}
