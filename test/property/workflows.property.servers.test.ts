import * as fc from 'fast-check';
import { startFastStack, type Stack } from '../support/stack';
import { newTally } from './judge';
import { Run } from './run';
import { SkippingTime } from '../support/skipping-time';
import { story } from './story';

const RUNS = Number(process.env['LATCHKEY_PROPERTY_RUNS'] ?? 25);
const SEED = Number(process.env['LATCHKEY_PROPERTY_SEED'] ?? Date.now() % 1_000_000_000);
const PATH = process.env['LATCHKEY_PROPERTY_PATH'];
/** A failing run is made smaller for so long at most. */
const SHRINK_MS = 90_000;
const MS_PER_RUN = 10_000;

let time: SkippingTime;
let stack: Stack;

beforeAll(async () => {
  time = await SkippingTime.start();
  stack = await startFastStack({ clock: time.clock, temporal: time.temporal });
});

afterAll(async () => {
  await stack.close();
  await time.close();
});

test(
  'through the real workflows no door is closed to who is granted it, or open to anybody else',
  async () => {
    const say = (line: string): void => void process.stderr.write(`${line}\n`);
    say(`Property through the workflows: ${String(RUNS)} runs, seed ${String(SEED)}`);
    const tally = newTally();
    const startedAt = Date.now();
    let runs = 0;
    let failures = 0;
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        runs += 1;
        try {
          await new Run(stack, time, tally).tell(told);
        } catch (error) {
          // The first in full: what it is made smaller to may fail for another reason.
          const shown = failures === 0 ? String(error) : String(error).split('\n', 1).join();
          say(`  run ${String(runs)} fails: ${shown}`);
          failures += 1;
          throw error;
        }
      }),
      {
        numRuns: RUNS,
        seed: SEED,
        ...(PATH === undefined ? {} : { path: PATH }),
        interruptAfterTimeLimit: RUNS * MS_PER_RUN + SHRINK_MS,
        markInterruptAsFailure: true,
      },
    );
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    say(`  ${String(runs)} runs in ${String(seconds)} s: ${JSON.stringify(tally)}`);
    expect(tally.open).toBeGreaterThan(0);
    expect(tally.closed).toBeGreaterThan(0);
  },
  RUNS * MS_PER_RUN + SHRINK_MS + 60_000,
);
