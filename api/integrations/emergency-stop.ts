import { setTimeout as sleep } from 'node:timers/promises';
import { LEAVE_HOLDS_MS } from '../../src/access/emergency-stop';
import type { EmergencyStop, Integration } from '../../src/store';
import type { ApiDeps } from '../deps';
import { found } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';

/**
 * Stops what is written at the integration, and answers when nothing more is sent: a write that read
 * that there is no stop goes out within `LEAVE_HOLDS_MS` or not at all.
 *
 * @throws ApiProblem when there is no such integration, or Temporal is away
 */
export async function setEmergencyStop(
  { store, messages }: ApiDeps,
  id: string,
  stop: Omit<EmergencyStop, 'since'>,
): Promise<Integration> {
  const before = await store.integrations.get(id);
  const stopped = found(
    await store.integrations.setEmergencyStop(id, stop),
    'integration_not_found',
    id,
  );
  // Removals that were stopped before and are not any more.
  if (before?.emergencyStop?.includeRemovals === true && !stop.includeRemovals) {
    await reachTemporal(() => messages.startProber(stopped.organizationId));
  }
  await sleep(LEAVE_HOLDS_MS);
  return stopped;
}

/**
 * Releases the stop, and has those go on who wait, most urgent first. A repetition has them go on again.
 *
 * @throws ApiProblem when there is no such integration, or Temporal is away
 */
export async function releaseEmergencyStop(
  { store, messages }: ApiDeps,
  id: string,
): Promise<Integration> {
  const released = found(
    await store.integrations.clearEmergencyStop(id),
    'integration_not_found',
    id,
  );
  await reachTemporal(() => messages.startProber(released.organizationId));
  return released;
}
