import { setTimeout as sleep } from 'node:timers/promises';
import { max } from 'simple-statistics';
import { callsBetween, isDone } from '../kisi-calls';
import { wholeSecond, type House, type Pair } from '../house';
import type { Benchmark } from '../row';
import { percentiles } from '../statistics';

const MINUTE = 60_000;
/** Calls for one grant at Kisi, a list and a create, and what Kisi takes of them in a second. */
const CALLS_EACH = 2;
const CALLS_PER_S = 5;
const LOOK_MS = 500;
/** Rows are cleaned a minute after their end, one call each; then something is wrong. */
const CLEAN_WITHIN_MS = 5 * MINUTE;

/** Grants whose ends are spread over one minute: when the doors shut, and when the rows are cleaned. */
export const endLateness: Benchmark<House> = {
  name: 'end-lateness',
  title: 'Ends in the same minute',
  usesTemporal: true,
  async run(house) {
    const count = house.quick ? 8 : 200;
    const pairs = Array.from({ length: count }, house.freshPair);
    const setUpMs = Math.ceil((count * CALLS_EACH * 1_500) / CALLS_PER_S) + 10_000;
    const from = wholeSecond(Date.now() + setUpMs);
    const ends = pairs.map((_, index) => from + wholeSecond((index * MINUTE) / count));

    house.log(
      `Granting ${String(count)} windows that end from ${new Date(from).toISOString()} on …`,
    );
    await Promise.all(pairs.map((pair, index) => house.grant(pair, ends[index] ?? from)));
    for (const pair of pairs) await house.until(pair, true);
    if (Date.now() > from)
      throw new Error('Granting took longer than the windows: none can be judged.');
    const rows = rowsEnding(house, from);

    await sleep(from + MINUTE - Date.now());
    const lateMs = pairs.map((pair, index) => howLate(house, pair, ends[index] ?? from));
    house.log('All doors shut; waiting for their rows to be cleaned …');
    const cleanedMs = await untilCleaned(house, rows, from);
    return {
      figures: [
        {
          name: 'door shut after the end, latest of all',
          value: max(lateMs) / 1_000,
          unit: 's',
          target: '0 s',
        },
        ...percentiles(
          'row cleaned after the end',
          cleanedMs.map((ms) => ms / 1_000),
          's',
        ),
      ],
      notes: [
        `${String(count)} grants, ends spread over 60 s. Kisi closes the doors itself, since the end was written ahead; the ledger is asked for every second from the end on.`,
        'rows are cleaned 60 s after their end on purpose (clocks differ), as the least urgent work there is.',
      ],
    };
  },
};

/** Role assignment id → its end (ms UTC), of those that end from then on. */
function rowsEnding(house: House, from: number): Map<number, number> {
  const { roleAssignments } = house.simulator.state();
  return new Map(
    roleAssignments.flatMap(({ id, validUntil }) =>
      validUntil !== null && validUntil >= from && validUntil < from + MINUTE
        ? [[id, validUntil] as const]
        : [],
    ),
  );
}

/** How long after its end the door was still open, in ms; the ledger knows the past. */
function howLate(house: House, pair: Pair, end: number): number {
  if (!house.isOpen(pair, end - 1)) throw new Error('A door was shut before its end.');
  let at = end;
  while (house.isOpen(pair, at)) at += 1_000;
  return at - end;
}

/** How long after its end each row was removed, in ms. */
async function untilCleaned(
  house: House,
  rows: ReadonlyMap<number, number>,
  from: number,
): Promise<number[]> {
  const deadline = from + MINUTE + CLEAN_WITHIN_MS;
  for (;;) {
    const removed = callsBetween(house.simulator, from)
      .filter((call) => isDone(call, 'DELETE'))
      .flatMap(({ path, endedAt }) => {
        const end = rows.get(Number(path.split('/').at(-1)));
        return end === undefined || endedAt === null ? [] : [endedAt - end];
      });
    if (removed.length === rows.size) return removed;
    if (Date.now() > deadline) {
      throw new Error(`Only ${String(removed.length)} of ${String(rows.size)} rows were cleaned.`);
    }
    await sleep(LOOK_MS);
  }
}
