import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildServer } from './child';
import { reasonOf } from './ways';

const POLL_MS = 100;

/**
 * Waits until `check` passes.
 * @throws Error with the server's last lines when it ends first, or with the last fault of `check`
 *   when that does not pass within `timeoutMs`.
 */
export async function waitUntilReady(
  name: string,
  server: ChildServer,
  check: () => Promise<unknown>,
  timeoutMs = 60_000,
): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (;;) {
    if (server.hasEnded()) throw new Error(await server.died);
    try {
      await check();
      return;
    } catch (error) {
      if (Date.now() > end) {
        throw new Error(`${name} does not answer after ${timeoutMs} ms: ${reasonOf(error)}`, {
          cause: error,
        });
      }
    }
    await sleep(POLL_MS);
  }
}
