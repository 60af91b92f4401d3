import { setTimeout as sleep } from 'node:timers/promises';
import type { AgendaRequest } from '../../children/agenda-worker';
import { wholeSecond } from '../../house';
import type { BenchContext } from '../../row';
import type { Booking } from './booking-table';
import { inNaiveHouse, type NaiveHouse } from './naive-house';
import { doubledDeletes, judgeEnds, type Outcome } from './outcome';

const HOUR = 3_600_000;
const LOOK_MS = 200;
/** More than twice the time after which Agenda gives a dead process's jobs to another. */
const CRASH_JUDGED_AFTER_MS = 150_000;
const ENDS_JUDGED_AFTER_MS = 60_000;
const OPEN_WITHIN_MS = 60_000;

type AgendaHouse = NaiveHouse<AgendaRequest>;

/** Delayed jobs on the run's MongoDB, in real time. */
export async function agendaOutcome({ servers, quick }: BenchContext): Promise<Outcome> {
  const users = quick ? 6 : 40;
  const house = <Result>(
    second: 'conflict' | 'newRow',
    work: (house: AgendaHouse) => Promise<Result>,
  ): Promise<Result> => inNaiveHouse({ servers, childName: 'agenda-worker', users, second }, work);
  return {
    approach: 'Agenda',
    lateMs: await house('conflict', (one) => ends(one, users)),
    crash: await house('conflict', (one) => crash(one, users)),
    overlap: { oneRow: await house('conflict', overlap), twoRows: await house('newRow', overlap) },
  };
}

async function ends(house: AgendaHouse, count: number): Promise<number[]> {
  const bookings = await bookEndingSoon(house, count);
  const endings = bookings.map(house.ending);
  await untilClosed(house, bookings, ENDS_JUDGED_AFTER_MS);
  const { lateMs, lost } = judgeEnds(endings, Date.now());
  if (lost > 0) throw new Error(`Agenda left ${String(lost)} doors open.`);
  return lateMs;
}

async function crash(house: AgendaHouse, count: number): Promise<Outcome['crash']> {
  const bookings = await bookEndingSoon(house, count);
  const endings = bookings.map(house.ending);
  const since = Date.now();
  await house.crashAtRevoke(Math.floor(count / 2));
  await untilClosed(house, bookings, CRASH_JUDGED_AFTER_MS);
  return {
    ...judgeEnds(endings, Date.now()),
    doubled: doubledDeletes(house.simulator, since),
  };
}

async function overlap(house: AgendaHouse): Promise<boolean> {
  const now = wholeSecond(Date.now());
  const first = house.booking(0, now, now + HOUR);
  const second = house.booking(0, now, now + 2 * HOUR);
  await book(house, [first, second]);
  await untilOpened(house, [first, second]);
  await house.child().ask({ endEarly: first._id });
  return house.ending(second).isOpen(Date.now());
}

/** Bookings that are open, and whose ends are spread over half a second each, four calls of a second's five. */
async function bookEndingSoon(house: AgendaHouse, count: number): Promise<Booking[]> {
  const now = wholeSecond(Date.now());
  const from = now + 15_000 + count * 500;
  const bookings = Array.from({ length: count }, (_, index) =>
    house.booking(index, now, from + index * 500),
  );
  await book(house, bookings);
  await untilOpened(house, bookings);
  if (Date.now() > from) throw new Error('Opening took longer than the bookings.');
  return bookings;
}

async function book(house: AgendaHouse, bookings: readonly Booking[]): Promise<void> {
  await house.table.add(bookings);
  await house.child().ask({
    schedule: bookings.map(({ _id, startsAt, endsAt }) => ({ _id, startsAt, endsAt })),
  });
}

async function untilOpened(house: AgendaHouse, bookings: readonly Booking[]): Promise<void> {
  if (!(await untilAll(house, bookings, 'open', Date.now() + OPEN_WITHIN_MS))) {
    throw new Error('Agenda did not open a booking in time.');
  }
}

/** Until the table says so, which it does after Kisi: before that, a revoke may still be sent again. */
async function untilClosed(
  house: AgendaHouse,
  bookings: readonly Booking[],
  graceMs: number,
): Promise<void> {
  const lastEnd = Math.max(...bookings.map(({ endsAt }) => endsAt));
  await untilAll(house, bookings, 'closed', lastEnd + graceMs);
}

/** Answers false when the deadline (ms UTC) came first. */
async function untilAll(
  { table }: AgendaHouse,
  bookings: readonly Booking[],
  state: Booking['state'],
  deadline: number,
): Promise<boolean> {
  for (const { _id } of bookings) {
    while ((await table.get(_id))?.state !== state) {
      if (Date.now() > deadline) return false;
      await sleep(LOOK_MS);
    }
  }
  return true;
}
