import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { wholeSecond, type House, type Pair } from '../../house';
import { doubledDeletes, judgeEnds, type Outcome } from './outcome';

const HOUR = 3_600_000;
const provisioned = z.object({ provisioning: z.string() });
const SETTLED_MS = 3_000;
const LOOK_MS = 500;
/** Rows are cleaned a minute after their end; an activity of a dead worker is given up after half of one. */
const CLEANED_WITHIN_MS = 5 * 60_000;

/** The same work by Latchkey itself, in the same run. */
export async function latchkeyOutcome(house: House): Promise<Outcome> {
  const plain = await endings(house, () => Promise.resolve());
  if (plain.lost > 0) throw new Error(`Latchkey left ${String(plain.lost)} doors open.`);
  const crash = await endings(house, () => crashAtRevoke(house));
  const early = await earlyRevokes(house);
  const oneRow = await overlap(house);
  house.simulator.setSwitches({ duplicateGrant: 'newRow' });
  const twoRows = await overlap(house);
  house.simulator.setSwitches({ duplicateGrant: 'conflict' });
  return {
    approach: 'Latchkey',
    lateMs: plain.lateMs,
    crash,
    early,
    overlap: { oneRow, twoRows },
  };
}

/** Grants that are all revoked in one moment, and the worker is killed in the middle of it. */
async function earlyRevokes(house: House): Promise<Outcome['crash']> {
  const pairs = takePairs(house);
  const endsAt = wholeSecond(Date.now() + HOUR);
  const ids = await Promise.all(pairs.map((pair) => house.grant(pair, endsAt)));
  for (const pair of pairs) await house.until(pair, true);
  // The ledger is asked for the millisecond before too, when the last door may just have opened.
  await sleep(SETTLED_MS);
  const since = Date.now();
  const crashing = crashAtRevoke(house);
  await Promise.all([crashing, ...ids.map((id) => house.revoke(id))]);
  await untilRemoved(house, ids);
  const judged = pairs.map((pair) => ({
    endsAt: since,
    isOpen: (at: number) => house.isOpen(pair, at),
  }));
  return { ...judgeEnds(judged, Date.now()), doubled: doubledDeletes(house.simulator, since) };
}

/** Grants that end half a second after each other, until their rows are cleaned; `meanwhile` after they opened. */
async function endings(house: House, meanwhile: () => Promise<void>): Promise<Outcome['crash']> {
  const pairs = takePairs(house);
  const since = Date.now();
  const from = wholeSecond(since) + 15_000 + pairs.length * 500;
  const ends = pairs.map((_, index) => wholeSecond(from + index * 500));
  const ids = await Promise.all(pairs.map((pair, index) => house.grant(pair, ends[index] ?? from)));
  for (const pair of pairs) await house.until(pair, true);
  await meanwhile();
  await untilRemoved(house, ids);
  const judged = pairs.map((pair, index) => ({
    endsAt: ends[index] ?? from,
    isOpen: (at: number) => house.isOpen(pair, at),
  }));
  return { ...judgeEnds(judged, Date.now()), doubled: doubledDeletes(house.simulator, since) };
}

function takePairs({ quick, freshPair }: House): Pair[] {
  return Array.from({ length: quick ? 4 : 40 }, freshPair);
}

/** Kills the worker when Kisi did a revoke of which it never hears. */
async function crashAtRevoke({ simulator, quick, crashWorker }: House): Promise<void> {
  const { id } = simulator.addFault({
    kind: 'hold',
    when: 'after',
    method: 'DELETE',
    path: '/role_assignments/*',
    skip: quick ? 2 : 10,
    count: 1,
  });
  await simulator.waitUntilHeld(id, CLEANED_WITHIN_MS);
  const restarted = crashWorker();
  simulator.releaseFault(id, { drop: true });
  await restarted;
}

async function overlap(house: House): Promise<boolean> {
  const pair = house.freshPair();
  const now = wholeSecond(Date.now());
  const first = await house.grant(pair, now + HOUR);
  await house.grant(pair, now + 2 * HOUR);
  await house.until(pair, true);
  await sleep(SETTLED_MS);
  await house.revoke(first);
  await sleep(SETTLED_MS);
  return house.isOpen(pair);
}

/** Until Latchkey says of each that it is done with it: before that, a revoke may still be sent again. */
async function untilRemoved({ api }: House, grantIds: readonly string[]): Promise<void> {
  const deadline = Date.now() + CLEANED_WITHIN_MS;
  for (const id of grantIds) {
    while ((await api.call(`/v1/grants/${id}`, provisioned)).provisioning !== 'removed') {
      if (Date.now() > deadline) throw new Error(`The grant ${id} was not removed in time.`);
      await sleep(LOOK_MS);
    }
  }
}
