import type { Problem } from '../domain/grant';
import { KisiStopped, type WriteGate } from '../kisi';
import type { EmergencyStop, Store } from '../store';

/**
 * A write may go out so long after its stop was read; whoever sets a stop waits as long before it
 * says so, and then nothing more is sent.
 */
export const LEAVE_HOLDS_MS = 1_000;

/** Reads the organization's stop before every single write, in whichever process it happens. */
export function emergencyStopGate(
  integrations: Pick<Store['integrations'], 'emergencyStopOf'>,
  organizationId: number,
): WriteGate {
  return async (kind) => {
    // Counted from before the reading, on a clock that no test and nobody else moves.
    const readAt = performance.now();
    const stop = await integrations.emergencyStopOf(organizationId);
    if (stop !== null && (kind === 'change' || stop.includeRemovals)) {
      throw new KisiStopped(problemOfStop(stop).detail);
    }
    return () => performance.now() - readAt < LEAVE_HOLDS_MS;
  };
}

/** What grants are told that wait for the release. The reason is a person's own text and stays out. */
export function problemOfStop({ includeRemovals }: EmergencyStop): Problem {
  const what = includeRemovals ? 'everything that is written' : 'what is created and changed';
  return {
    type: 'emergency_stop',
    detail: `An emergency stop holds back ${what} at this Kisi organization.`,
  };
}
