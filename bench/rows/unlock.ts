import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { jsonClient } from '../../scripts/story/json-client';
import { wholeSecond, type House, type Pair } from '../house';
import { KISI_LATENCY_MS } from '../product';
import type { Benchmark } from '../row';
import { percentiles } from '../statistics';

const HOUR = 3_600_000;
/** Kisi's five calls a second of one user are not in the way of the next tap then. */
const IDLE_MS = 300;
/** Kisi is asked for the user, for a login and for the door; later for the door alone. */
const FIRST_CALLS = 3;
const TAPS_EACH = 5;

const session = z.object({ token: z.string() });
const unlocked = z.object({ outcome: z.literal('opened') });

/** A member taps Unlock, one tap at a time. */
export const unlock: Benchmark<House> = {
  name: 'unlock',
  title: 'Unlock from My Keys, one tap at a time',
  usesTemporal: true,
  async run(house) {
    const first: number[] = [];
    const later: number[] = [];
    for (const pair of pairsOfMembers(house)) {
      await house.grant(pair, wholeSecond(Date.now() + HOUR));
      await house.until(pair, true);
      await sleep(IDLE_MS);
      const tap = await tapper(house, pair);
      first.push((await tap()) - FIRST_CALLS * KISI_LATENCY_MS);
      for (let nth = 1; nth < (house.quick ? 2 : TAPS_EACH); nth += 1) {
        await sleep(IDLE_MS);
        later.push((await tap()) - KISI_LATENCY_MS);
      }
    }
    return {
      figures: [
        ...percentiles('unlock over Kisi’s own time', later, 'ms'),
        ...percentiles('first unlock of a member over Kisi’s own time', first, 'ms'),
      ],
      notes: [
        `from the request of a member until the answer \`opened\`, less the ${String(KISI_LATENCY_MS)} ms that the simulated Kisi takes for each call: one call, and ${String(FIRST_CALLS)} the first time, when the member's login is made.`,
      ],
    };
  },
};

/** One door each, so that every member has a first tap. */
function pairsOfMembers(house: House): Pair[] {
  const count = house.quick ? 3 : 20;
  const chosen = new Map<string, Pair>();
  for (const pair of house.pairs) {
    if (chosen.size < count && !chosen.has(pair.memberId)) chosen.set(pair.memberId, pair);
  }
  const taken = [...chosen.values()];
  for (const pair of taken) house.pairs.splice(house.pairs.indexOf(pair), 1);
  return taken;
}

/** Taps as the member does from a portal; answers how long it took in ms. */
async function tapper(
  { api, apiUrl }: House,
  { memberId, lockId }: Pair,
): Promise<() => Promise<number>> {
  const path = `/v1/members/${memberId}/portal-sessions`;
  const { token } = await api.call(path, session, { method: 'POST', body: {} });
  const member = jsonClient(apiUrl, token);
  return async () => {
    const began = performance.now();
    await member.call(`/v1/my/keys/${String(lockId)}/unlock`, unlocked, {
      method: 'POST',
      body: {},
      idempotencyKey: randomUUID(),
    });
    return performance.now() - began;
  };
}
