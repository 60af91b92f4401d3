import { setTimeout as sleep } from 'node:timers/promises';
import { max } from 'simple-statistics';
import { z } from 'zod';
import { inHouse, wholeSecond, type House, type Pair } from '../house';
import type { Benchmark, Figure } from '../row';
import { percentiles } from '../statistics';

const HOUR = 3_600_000;
const HOUSE = { members: 8, locks: 8 };
/** How long the first window lasts: time enough for both grants to be accepted and held. */
const FIRST_MS = 12_000;
const LOOK_MS = 50;
/** How finely the ledger's past is looked at. */
const SAMPLE_MS = 5;
/** The API is asked for the grant that waits until it says so. */
const provisioned = z.object({ provisioning: z.string() });

/** Between the windows while the worker runs: the shortest that there is, and one with time for the roll. */
const GAPS_UP_MS = [1_000, 3_000];
const APART_MS = 2_000;

/** The worker dies this long before the first window ends, and is started after the second has begun. */
const KILLED_BEFORE_MS = 1_000;
/**
 * Somebody else is granted a door shortly before, as in any house with more than one member. An idle
 * worker would flatter: Temporal takes one that has asked for nothing lately for gone.
 */
const BUSY_BEFORE_MS = 3_500;
const GAP_DOWN_MS = 3_000;
const BACK_AFTER_MS = [2_000, 20_000];
/** Together they need no more calls at Kisi than a second allows, so that none waits for the other. */
const PAIRS_A_CRASH = 2;

/** One member at one door, and two windows with a gap, of which Kisi's one row can hold only the first. */
interface Roll {
  pair: Pair;
  /** Instants in ms UTC. */
  firstEndsAt: number;
  secondStartsAt: number;
  secondId: string;
}

/** How late the second windows opened, in ms, and how many instants of their gaps were open. */
interface Judged {
  lateMs: number[];
  openInGap: number;
}

interface Recovered extends Judged {
  /** From the start of the worker's process, and from when it said that it is ready, to the open door. */
  sinceStarted: number[];
  sinceReady: number[];
}

/** Where Kisi refuses a second row, the next window is written when the one before has ended. */
export const lateRoll: Benchmark = {
  name: 'late-roll',
  title: 'The next window where Kisi takes one row',
  usesTemporal: true,
  async run(context) {
    const figures: Figure[] = [];
    for (const patchWindow of ['honoured', 'refused'] as const) {
      // A house each, since an integration remembers what it has learned of its organization.
      const found = await inHouse(context, HOUSE, async (house) => {
        house.simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow });
        return measureIn(house);
      });
      figures.push(...found.map((one) => ({ ...one, name: `PATCH ${patchWindow}: ${one.name}` })));
    }
    return { figures, notes: NOTES };
  },
};

const NOTES = [
  'one member at one door with two disjoint windows, both granted ahead; Kisi answers a second assignment with 409. Late: from the start of the second window until the ledger says open, looked at every 5 ms of the past.',
  'worker runs: rolls two seconds apart, so that none waits for another. A row that has ended is replaced 1 s after its end (clocks differ), hence nothing is late from a gap of some 2 s on.',
  `worker down: killed by SIGKILL ${String(KILLED_BEFORE_MS / 1_000)} s before the first window ends, gap of ${String(GAP_DOWN_MS / 1_000)} s, two members at a time. Started means that the process was spawned, ready that its /readyz answered. Temporal keeps what a worker has in memory for it: a roll that falls due within 10 s of its last sign of life is given to another only 10 s later, the next ones at once.`,
];

async function measureIn(house: House): Promise<Figure[]> {
  const { quick, log } = house;
  log('One roll that is not counted: what Kisi does is learned from it …');
  await rollsWhileUp(house, GAPS_UP_MS[0] ?? 0, 1);

  const figures: Figure[] = [];
  let openInGap = 0;
  for (const gapMs of GAPS_UP_MS) {
    log(`Rolls over a gap of ${String(gapMs / 1_000)} s while the worker runs …`);
    const judged = await rollsWhileUp(house, gapMs, quick ? 2 : 10);
    const name = `worker runs, gap of ${String(gapMs / 1_000)} s: late`;
    figures.push(...spread(name, judged.lateMs));
    openInGap += judged.openInGap;
  }
  for (const backAfterMs of BACK_AFTER_MS) {
    const back = `back ${String(backAfterMs / 1_000)} s after the start`;
    const all: Recovered = { lateMs: [], openInGap: 0, sinceStarted: [], sinceReady: [] };
    for (let crash = 0; crash < (quick ? 1 : 4); crash += 1) {
      log(`Rolls while the worker is dead, ${back} …`);
      const one = await rollsWhileDown(house, backAfterMs);
      all.lateMs.push(...one.lateMs);
      all.sinceStarted.push(...one.sinceStarted);
      all.sinceReady.push(...one.sinceReady);
      all.openInGap += one.openInGap;
    }
    figures.push(
      ...spread(`worker ${back}: late`, all.lateMs),
      ...spread(`worker ${back}: open after its process was started`, all.sinceStarted),
      ...spread(`worker ${back}: open after it was ready`, all.sinceReady),
    );
    openInGap += all.openInGap;
  }
  return [
    ...figures,
    { name: 'instants of all gaps that were open', value: openInGap, unit: 'count', target: '0' },
  ];
}

function spread(name: string, samplesMs: readonly number[]): Figure[] {
  const seconds = samplesMs.map((ms) => ms / 1_000);
  return [
    ...percentiles(name, seconds, 's'),
    { name: `${name}, max`, value: max(seconds), unit: 's' },
  ];
}

async function rollsWhileUp(house: House, gapMs: number, count: number): Promise<Judged> {
  const rolls = await Promise.all(
    Array.from({ length: count }, async (_, index) => {
      await sleep(index * APART_MS);
      return prepare(house, gapMs);
    }),
  );
  return finish(house, rolls);
}

async function rollsWhileDown(house: House, backAfterMs: number): Promise<Recovered> {
  const rolls = await Promise.all(
    Array.from({ length: PAIRS_A_CRASH }, () => prepare(house, GAP_DOWN_MS)),
  );
  const firstEndsAt = Math.min(...rolls.map((roll) => roll.firstEndsAt));
  const secondStartsAt = Math.max(...rolls.map((roll) => roll.secondStartsAt));
  await sleepUntil(firstEndsAt - BUSY_BEFORE_MS);
  const other = house.freshPair();
  const otherId = await house.grant(other, wholeSecond(Date.now() + HOUR));
  await house.until(other, true);
  await sleepUntil(firstEndsAt - KILLED_BEFORE_MS);
  await house.killWorker();
  await sleepUntil(secondStartsAt + backAfterMs);
  const startedAt = Date.now();
  await house.startWorker();
  const readyAt = Date.now();
  const judged = await finish(house, rolls);
  await house.revoke(otherId);
  const openedAt = judged.lateMs.map((late, index) => (rolls[index]?.secondStartsAt ?? 0) + late);
  return {
    ...judged,
    sinceStarted: openedAt.map((at) => at - startedAt),
    // It serves before it has been asked whether it does.
    sinceReady: openedAt.map((at) => Math.max(0, at - readyAt)),
  };
}

/** Grants both windows, and waits until the first is held and the second waits for its turn. */
async function prepare(house: House, gapMs: number): Promise<Roll> {
  const pair = house.freshPair();
  const firstEndsAt = wholeSecond(Date.now()) + FIRST_MS;
  const secondStartsAt = firstEndsAt + gapMs;
  await house.grant(pair, firstEndsAt);
  const secondId = await house.grant(pair, secondStartsAt + HOUR, secondStartsAt);
  while ((await house.api.call(`/v1/grants/${secondId}`, provisioned)).provisioning !== 'queued') {
    if (Date.now() > firstEndsAt - KILLED_BEFORE_MS) {
      throw new Error('The second window was not waiting for its turn in time.');
    }
    await sleep(LOOK_MS);
  }
  if (!house.isOpen(pair)) throw new Error('The first window is not open.');
  return { pair, firstEndsAt, secondStartsAt, secondId };
}

/** Waits until all second windows are open, judges them, and takes them back. */
async function finish(house: House, rolls: readonly Roll[]): Promise<Judged> {
  for (const { pair, secondStartsAt } of rolls) {
    await sleepUntil(secondStartsAt);
    await house.until(pair, true);
  }
  const lateMs = rolls.map((roll) => lateBy(house, roll));
  const openInGap = rolls.reduce((sum, roll) => sum + openInstants(house, roll), 0);
  await Promise.all(rolls.map(({ secondId }) => house.revoke(secondId)));
  for (const { pair } of rolls) await house.until(pair, false);
  return { lateMs, openInGap };
}

function lateBy(house: House, { pair, secondStartsAt }: Roll): number {
  let at = secondStartsAt;
  while (!house.isOpen(pair, at)) at += SAMPLE_MS;
  return at - secondStartsAt;
}

function openInstants(house: House, { pair, firstEndsAt, secondStartsAt }: Roll): number {
  let open = 0;
  for (let at = firstEndsAt; at < secondStartsAt; at += SAMPLE_MS) {
    if (house.isOpen(pair, at)) open += 1;
  }
  return open;
}

async function sleepUntil(instant: number): Promise<void> {
  await sleep(Math.max(0, instant - Date.now()));
}
