import type { z } from 'zod';
import { blockedDoors } from '../../src/access/blocked-doors';
import { eachItem, type DoorMapping, type Integration, type Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { presentHealth } from './present';
import type { healthOut } from './shapes';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const PAGE = 200;

/** How a connection is doing, from what is stored. */
export async function readHealth(
  { store, clock }: ApiDeps,
  integration: Integration,
): Promise<z.input<typeof healthOut>> {
  const { organizationId } = integration;
  const now = clock.now();
  // The minute that runs is not whole yet, and tells little of the minute; it counts in the rest.
  const minute = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const requestsOf = (from: number, to: number): Promise<number> =>
    store.kisiRequests.count(organizationId, from, to);
  const mappings = await mappingsOf(store, integration.id);
  const doorMappingIds = mappings.map(({ id }) => id);
  const [lastRun, waitingGrants, openGrants, doors, lastMinute, lastHour, lastDay, drifts] =
    await Promise.all([
      store.reconcileRuns.latest(organizationId),
      store.grants.countWaiting(doorMappingIds, now),
      store.grants.count({ doorMappingIds, status: 'active', provisioning: 'in_place' }, now),
      blockedDoors(store, integration, mappings),
      requestsOf(minute - MINUTE_MS, minute),
      requestsOf(now - HOUR_MS, now),
      requestsOf(now - DAY_MS, now),
      store.kisiEvents.drifts(integration.id, now - DAY_MS),
    ]);
  const requests = { lastMinute, lastHour, lastDay };
  return presentHealth(integration, {
    lastRun,
    requests,
    waitingGrants,
    openGrants,
    blockedDoors: doors,
    drifts,
  });
}

async function mappingsOf(store: Store, integrationId: string): Promise<DoorMapping[]> {
  const mappings: DoorMapping[] = [];
  const all = eachItem((page) => store.doorMappings.list({ integrationId }, page), PAGE);
  for await (const mapping of all) mappings.push(mapping);
  return mappings;
}
