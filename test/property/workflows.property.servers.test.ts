import { setTimeout as sleep } from 'node:timers/promises';
import * as fc from 'fast-check';
import { startFastStack, type Stack } from '../support/stack';
import { newTally, type Tally } from './judge';
import { tell } from './run';
import { SkippingTime, StoodStill } from '../support/skipping-time';
import { story, type Story } from './story';

/** `npm run test:long` tells 200 stories. */
const RUNS = Number(process.env['LATCHKEY_PROPERTY_RUNS'] ?? 25);
/** What a failure prints as `seed` and `path` tells its story again. */
const SEED = Number(process.env['LATCHKEY_PROPERTY_SEED'] ?? Date.now() % 1_000_000_000);
const PATH = process.env['LATCHKEY_PROPERTY_PATH'];
/** A failing run is made smaller for so long at most. */
const SHRINK_MS = 90_000;
const MS_PER_RUN = 10_000;

/** A server of whose clock nobody is sure is given up after this. */
const CLOSE_WITHIN_MS = 20_000;

interface Stage {
  time: SkippingTime;
  stack: Stack;
}

let stage: Stage;

async function openStage(): Promise<Stage> {
  const time = await SkippingTime.start();
  const stack = await startFastStack({ clock: time.clock, temporal: time.temporal });
  return { time, stack };
}

async function closeStage({ time, stack }: Stage): Promise<void> {
  await stack.close();
  await time.close();
}

/**
 * Tells a story; once more on a new server when the test server's clock stopped. Whatever stops the
 * product itself stops it again.
 */
async function tellStory(told: Story, tally: Tally, say: (line: string) => void): Promise<void> {
  try {
    await tell({ ...stage, tally }, told);
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof StoodStill)) throw error;
    say(`  the test server stood still; once more on a new one. ${error.message}`);
    await Promise.race([closeStage(stage), sleep(CLOSE_WITHIN_MS)]);
    stage = await openStage();
    await tell({ ...stage, tally }, told);
  }
}

beforeAll(async () => {
  stage = await openStage();
});

afterAll(async () => {
  await closeStage(stage);
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
          await tellStory(told, tally, say);
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
