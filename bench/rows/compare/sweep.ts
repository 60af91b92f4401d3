import type { SweeperRequest } from '../../children/sweeper';
import type { BenchContext } from '../../row';
import { inNaiveHouse, type NaiveHouse } from './naive-house';
import { doubledDeletes, judgeEnds, type Outcome } from './outcome';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Where the simulated clock begins; no rule depends on the date. */
const BEGIN = Date.UTC(2030, 0, 7, 6);
/** A step that has no common factor with the minutes of a day spreads ends over them evenly. */
const STEP_MINUTES = 617;

type Sweeper = NaiveHouse<SweeperRequest>;

/** A booking table that is swept every so often, replayed on the simulated Kisi's clock. */
export async function sweepOutcome(
  { servers, quick }: BenchContext,
  approach: string,
  everyMs: number,
): Promise<Outcome> {
  const users = quick ? 12 : 200;
  const house = <Result>(
    second: 'conflict' | 'newRow',
    work: (house: Sweeper) => Promise<Result>,
  ): Promise<Result> => inNaiveHouse({ servers, childName: 'sweeper', users, second }, work);
  return {
    approach,
    lateMs: await house('conflict', (one) => replayDay(one, users, everyMs)),
    crash: await house('conflict', (one) => crash(one, quick ? 6 : 40, everyMs)),
    overlap: {
      oneRow: await house('conflict', (one) => overlap(one, everyMs)),
      twoRows: await house('newRow', (one) => overlap(one, everyMs)),
    },
  };
}

/** Bookings of an hour that end at any minute of a day. Kisi's limit is off: calls take no simulated time. */
async function replayDay(house: Sweeper, count: number, everyMs: number): Promise<number[]> {
  house.simulator.setSwitches({ latencyMs: 0, rateLimit: { enabled: false } });
  const bookings = Array.from({ length: count }, (_, index) => {
    const endsAt = BEGIN + HOUR + ((index * STEP_MINUTES) % (24 * 60)) * MINUTE;
    return house.booking(index, endsAt - HOUR, endsAt);
  });
  await house.table.add(bookings);
  const until = BEGIN + 26 * HOUR;
  for (let now = BEGIN; now <= until; now += everyMs) await sweepAt(house, now, everyMs);
  const { lateMs, lost } = judgeEnds(bookings.map(house.ending), until);
  if (lost > 0) throw new Error(`The sweep left ${String(lost)} doors open.`);
  return lateMs;
}

/** All end before one sweep, which is killed in its middle; the next one comes at its time. */
async function crash(house: Sweeper, count: number, everyMs: number): Promise<Outcome['crash']> {
  const bookings = Array.from({ length: count }, (_, index) =>
    house.booking(index, BEGIN, BEGIN + everyMs - index * 1_000),
  );
  await house.table.add(bookings);
  await sweepAt(house, BEGIN, everyMs);
  const since = Date.now();
  house.simulator.setClock({ now: BEGIN + everyMs, frozen: true });
  await house.crashAtRevoke(Math.floor(count / 2), { now: BEGIN + everyMs, everyMs });
  await sweepAt(house, BEGIN + 2 * everyMs, everyMs);
  return {
    ...judgeEnds(bookings.map(house.ending), BEGIN + 2 * everyMs),
    doubled: doubledDeletes(house.simulator, since),
  };
}

/** Two bookings of one member, the first ended by its owner while both hold; looked at after the next sweep. */
async function overlap(house: Sweeper, everyMs: number): Promise<boolean> {
  const first = house.booking(0, BEGIN, BEGIN + 3 * everyMs);
  const second = house.booking(0, BEGIN + everyMs, BEGIN + 5 * everyMs);
  await house.table.add([first, second]);
  await sweepAt(house, BEGIN, everyMs);
  await sweepAt(house, BEGIN + everyMs, everyMs);
  await house.child().ask({ endEarly: first._id });
  await sweepAt(house, BEGIN + 2 * everyMs, everyMs);
  return house.ending(second).isOpen(BEGIN + 2 * everyMs);
}

async function sweepAt(house: Sweeper, now: number, everyMs: number): Promise<void> {
  house.simulator.setClock({ now, frozen: true });
  await house.child().ask({ now, everyMs });
}
