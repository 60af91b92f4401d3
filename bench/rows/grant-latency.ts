import { setTimeout as sleep } from 'node:timers/promises';
import { callsBetween } from '../kisi-calls';
import { wholeSecond, type House, type Pair } from '../house';
import type { Benchmark } from '../row';
import { percentiles } from '../statistics';

const HOUR = 3_600_000;
/** After this no slot of the limiter is taken any more, so that the next change finds it idle. */
const IDLE_MS = 1_300;
const TARGET = 'p95 < 1 s when idle';

/** How long a change took, in ms. */
interface Change {
  /** From the request until the ledger says so. */
  took: number;
  /** From the request until its first call reached Kisi: what is ours alone. */
  untilFirstCall: number;
  /** Until the API answered, which waits for the change to be settled (2 s at most). */
  untilAnswer: number;
}

/** A grant over HTTP until it is in place at Kisi, and its revoke until it is gone, one at a time. */
export const grantLatency: Benchmark<House> = {
  name: 'grant-latency',
  title: 'Grant and revoke, one at a time',
  usesTemporal: true,
  async run(house) {
    const grants: Change[] = [];
    const revokes: Change[] = [];
    for (let index = 0; index < (house.quick ? 4 : 30); index += 1) {
      const pair = house.freshPair();
      let id = '';
      const give = async (): Promise<void> => {
        id = await house.grant(pair, wholeSecond(Date.now() + HOUR));
      };
      await sleep(IDLE_MS);
      grants.push(await change(house, pair, true, give));
      await sleep(IDLE_MS);
      revokes.push(await change(house, pair, false, () => house.revoke(id)));
    }
    return {
      figures: [...describe('POST grant', 'open', grants), ...describe('revoke', 'shut', revokes)],
      notes: [
        'linked member, lock group made; the clock runs from the request until the simulated ledger says open or shut, looked at every 5 ms, so the 2 s that the API may wait are not part of it.',
        'Kisi answers after 50 ms; a grant is a list and a create there, a revoke one delete.',
      ],
    };
  },
};

async function change(
  house: House,
  pair: Pair,
  open: boolean,
  ask: () => Promise<void>,
): Promise<Change> {
  const askedAt = Date.now();
  let answeredAt = 0;
  const asking = ask().then(() => {
    answeredAt = Date.now();
  });
  await house.until(pair, open);
  const seenAt = Date.now();
  await asking;
  const [first] = callsBetween(house.simulator, askedAt);
  if (!first) throw new Error('The ledger changed without a call.');
  return {
    took: seenAt - askedAt,
    untilFirstCall: first.arrivedAt - askedAt,
    untilAnswer: answeredAt - askedAt,
  };
}

function describe(
  request: string,
  outcome: string,
  changes: readonly Change[],
): ReturnType<typeof percentiles> {
  const of = (field: keyof Change): number[] => changes.map((one) => one[field]);
  return [
    ...percentiles(`${request} → ${outcome} at Kisi`, of('took'), 'ms', TARGET),
    ...percentiles(`${request} → first call at Kisi`, of('untilFirstCall'), 'ms'),
    ...percentiles(`${request} → answer of the API`, of('untilAnswer'), 'ms'),
  ];
}
