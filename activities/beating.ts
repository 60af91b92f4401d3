import { heartbeat } from '@temporalio/activity';

/** Well under the heartbeat timeout of 10 s (workflows/activity-options.ts). Most are done by then. */
const BEAT_MS = 2_000;

/**
 * The same activities, each showing every 2 s that its worker lives. What a crashed worker had taken
 * then goes to another 10 s later instead of after the whole time that an attempt may last. One that
 * is done before its first beat costs nothing.
 *
 * Ten seconds keep to the single writer of a pass: an attempt sends nothing after its first 8 s, and
 * what a worker sent just before it died, 2 s after its last beat at most, has 8 s to arrive.
 */
export function beating<Activities extends object>(activities: Activities): Activities {
  const entries = Object.entries(activities).map(([name, run]) => [name, withBeats(run as Run)]);
  return Object.fromEntries(entries) as Activities;
}

type Run = (...input: unknown[]) => Promise<unknown>;

function withBeats(run: Run): Run {
  return async (...input) => {
    const beats = setInterval(() => {
      heartbeat();
    }, BEAT_MS);
    try {
      return await run(...input);
    } finally {
      clearInterval(beats);
    }
  };
}
