import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestEntry } from '../../simulator';
import { callsBetween, isDone } from '../kisi-calls';
import { wholeSecond, type House } from '../house';
import type { Benchmark } from '../row';
import { percentiles } from '../statistics';

const SLOTS = 5;
/** How long a slot rests after the reply. */
const REST_MS = 1_000;
const HOUR = 3_600_000;
const CALLS_PER_S = 5;
const LOOK_MS = 250;
const WITHIN_MS = 15 * 60_000;

/** Many grants at once: how near the whole comes to the pace that Kisi allows. */
export const burst: Benchmark<House> = {
  name: 'burst',
  title: 'Grants at once',
  usesTemporal: true,
  async run(house) {
    const count = house.quick ? 10 : 300;
    const pairs = Array.from({ length: count }, house.freshPair);
    const endsAt = wholeSecond(Date.now() + HOUR);
    const startedAt = Date.now();
    const sentAgainBefore = house.sentAgain();
    const answered: number[] = [];
    const posting = Promise.all(
      pairs.map(async (pair) => {
        await house.grant(pair, endsAt);
        answered.push((Date.now() - startedAt) / 1_000);
      }),
    );
    // It is awaited below; until then its failure must not end the process.
    posting.catch(() => undefined);
    let shut = pairs;
    while (shut.length > 0) {
      if (Date.now() > startedAt + WITHIN_MS) {
        throw new Error(`${String(shut.length)} of ${String(count)} doors did not open in time.`);
      }
      await sleep(LOOK_MS);
      shut = shut.filter((pair) => !house.isOpen(pair));
    }
    await posting;

    const made = callsBetween(house.simulator, startedAt);
    const opened = made
      .filter((call) => isDone(call, 'POST'))
      .flatMap(({ endedAt }) => endedAt ?? []);
    const last = Math.max(...opened);
    const calls = made.filter(({ arrivedAt }) => arrivedAt <= last);
    const seconds = (last - startedAt) / 1_000;
    const refused = calls.filter(({ status }) => status === 429).length;
    return {
      figures: [
        { name: 'total time', value: seconds, unit: 's' },
        { name: 'calls made', value: calls.length, unit: 'count' },
        {
          name: 'total time ÷ (calls ÷ 5 a second)',
          value: seconds / (calls.length / CALLS_PER_S),
          unit: 'ratio',
          target: '≤ 1.2',
        },
        { name: 'calls for each grant', value: calls.length / count, unit: 'count' },
        {
          name: 'calls that Kisi refused for their rate',
          value: refused,
          unit: 'count',
          target: '0',
        },
        ...percentiles('slot unused after its second', unusedMs(calls), 'ms'),
        ...percentiles('POST → answer of the API', answered, 's'),
        {
          name: 'POSTs answered 503 and sent again',
          value: house.sentAgain() - sentAgainBefore,
          unit: 'count',
          target: '0',
        },
      ],
      notes: [
        `${String(count)} grants of linked members on locks whose groups stand, posted in one moment. A slot is free 1 s after the reply, so at 50 ms a call the ratio cannot be below 1.05.`,
      ],
    };
  },
};

/** How long each call came after the slot for it was free, in ms: what we add to the pace of Kisi. */
function unusedMs(calls: readonly RequestEntry[]): number[] {
  const arrivals = calls.map(({ arrivedAt }) => arrivedAt).sort((a, b) => a - b);
  const ends = calls.map(({ endedAt }) => endedAt ?? 0).sort((a, b) => a - b);
  return arrivals.slice(SLOTS).map((at, index) => at - (ends[index] ?? at) - REST_MS);
}
