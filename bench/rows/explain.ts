import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { openStore } from '../../src/store';
import { wholeSecond, type House } from '../house';
import { memberReads, type MemberRead } from '../member-reads';
import { KISI_LATENCY_MS } from '../product';
import type { Benchmark } from '../row';
import { percentiles } from '../statistics';
import { BENCH_KEY, type ReadMember } from '../stored-members';

const HOUR = 3_600_000;

/** What an explanation costs without Kisi. */
export const explain = memberReads({
  name: 'explain',
  title: 'Explain over HTTP, Kisi away',
  route: 'GET /v1/members/:id/explain',
  prepare: takeKisiAway,
  requestsOf: (members, apiKey) => {
    const headers = { authorization: `Bearer ${apiKey}` };
    return Promise.resolve(members.map((member) => ({ path: pathOf(member), headers })));
  },
  async check(api, first) {
    await mustExplain(api, first);
    return 'Kisi is known to be away, so that it is not asked.';
  },
});

function pathOf({ id, doorMappingId }: ReadMember): string {
  return `/v1/members/${id}/explain?doorMappingId=${doorMappingId}`;
}

async function takeKisiAway(uri: string): Promise<void> {
  const store = await openStore({ uri, encryption: [BENCH_KEY] });
  try {
    for (const { organizationId } of await store.integrations.active()) {
      await store.integrations.recordFault(organizationId, {
        type: 'kisi_unavailable',
        detail: 'Kisi is away, for the benchmark.',
        nextProbeAt: Date.now() + 24 * HOUR,
      });
    }
  } finally {
    await store.close();
  }
}

const explained = z.object({
  open: z.enum(['yes', 'unknown']),
  basis: z.enum(['live', 'stored']),
  reasons: z.array(z.object({ code: z.string(), ok: z.boolean().nullable() })),
});

/** @throws Error where the grant is not found: the figures would be of something else */
async function mustExplain(api: string, { path, headers }: MemberRead): Promise<void> {
  const response = await fetch(api + path, { headers });
  if (!response.ok) throw new Error(`The API answered ${String(response.status)}.`);
  const { reasons } = explained.parse(await response.json());
  if (!reasons.some(({ code }) => code === 'grant')) throw new Error('No grant is explained.');
}

/** Kisi's five calls a second of the key's owner are free again then. */
const IDLE_MS = 1_500;
/** User and role assignments, lock and groups, all at once. */
const CALLS_IN_A_ROW = 1;

/** The same with Kisi, one question at a time. */
export const explainLive: Benchmark<House> = {
  name: 'explain-live',
  title: 'Explain over HTTP, Kisi asked live',
  usesTemporal: true,
  async run(house) {
    const times: number[] = [];
    for (let nth = 0; nth < (house.quick ? 3 : 20); nth += 1) {
      const pair = house.freshPair();
      await house.grant(pair, wholeSecond(Date.now() + HOUR));
      await house.until(pair, true);
      await sleep(IDLE_MS);
      const path = pathOf({ id: pair.memberId, doorMappingId: pair.mappingId });
      const began = performance.now();
      const { open, basis } = await house.api.call(path, explained);
      times.push(performance.now() - began - CALLS_IN_A_ROW * KISI_LATENCY_MS);
      if (open !== 'yes' || basis !== 'live') throw new Error(`Explained as ${open}, ${basis}.`);
    }
    return {
      figures: percentiles('explain over Kisi’s own time', times, 'ms'),
      notes: [
        `one question at a time, less the ${String(KISI_LATENCY_MS)} ms that the simulated Kisi takes for four calls at once.`,
      ],
    };
  },
};
