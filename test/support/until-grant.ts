import { setTimeout as sleep } from 'node:timers/promises';
import type { Grant } from '../../src/domain/grant';
import type { Store } from '../../src/store';

/** Waits until the read model shows what is asked for; fails with the last document. */
export async function untilGrant(
  store: Store,
  grantId: string,
  what: (grant: Grant) => boolean,
  { timeoutMs, pollMs }: { timeoutMs: number; pollMs: number },
): Promise<Grant> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const grant = await store.grants.get(grantId);
    if (grant && what(grant)) return grant;
    if (Date.now() > deadline) {
      throw new Error(
        `Waited ${String(timeoutMs)} ms in vain for ${what.toString()}; the grant is ${JSON.stringify(grant, null, 1)}`,
      );
    }
    await sleep(pollMs);
  }
}
