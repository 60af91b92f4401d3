import { randomUUID } from 'node:crypto';
import type { AccessChange } from '../contracts/mapping-change';
import type { Actor } from '../domain/grant';
import type { Job } from '../store';
import type { AccessDeps, AccessMessages } from './deps';
import { followHold } from './member-hold';

const BY: Actor = { type: 'system', id: 'reconcile' };
const SWEEP: Actor = { type: 'system', id: 'sweep' };
/** Whoever stores a change tells of it in the same request. */
const TOLD_WITHIN_MS = 60_000;
/** A door may stand open until a hold is told: rather tell it twice. */
const HOLD_TOLD_WITHIN_MS = 10_000;

/**
 * Has all that a stored change touches look again. The change is stored already; the workflow that
 * tells runs on whatever happens here.
 */
export async function beginChange(
  {
    store,
    messages,
  }: Pick<AccessDeps, 'store'> & { messages: Pick<AccessMessages, 'startChange'> },
  change: AccessChange,
  by: Actor,
): Promise<Job> {
  const id = `job_${randomUUID()}`;
  const subjectId = subjectOf(change);
  const job = await store.jobs.begin({ id, kind: 'mapping_change', subjectId, by });
  await messages.startChange(change, id);
  return job;
}

/** Id of the mapping, plan or place that was changed. */
export function subjectOf(change: AccessChange): string {
  switch (change.kind) {
    case 'mapping':
      return change.doorMappingId;
    case 'plan':
      return change.planId;
    case 'space':
      return change.spaceId;
    case 'location':
      return change.locationId;
  }
}

/**
 * Has the changes followed that were stored by somebody who died before telling anybody. The places
 * that a mapping had before are not known any more; who got it there is found by their grants.
 */
export async function tellUntoldChanges({
  store,
  messages,
  clock,
}: Pick<AccessDeps, 'store' | 'messages' | 'clock'>): Promise<{ told: number }> {
  const before = clock.now() - TOLD_WITHIN_MS;
  const { doorMappings, plans, spaces, locations } = store;
  let told = 0;
  const tell = async <Changed>(
    changed: readonly Changed[],
    changeOf: (one: Changed) => AccessChange,
    markTold: (one: Changed) => Promise<void>,
  ): Promise<void> => {
    for (const one of changed) {
      await beginChange({ store, messages }, changeOf(one), BY);
      await markTold(one);
      told += 1;
    }
  };
  await tell(
    await doorMappings.untold(before),
    ({ id, spaceId, locationId, resourceType, deleted }) => ({
      kind: 'mapping',
      doorMappingId: id,
      spaceIds: spaceId === null ? [] : [spaceId],
      locationIds: resourceType === 'group' && locationId !== null ? [locationId] : [],
      deleted,
    }),
    (mapping) => doorMappings.markTold(mapping),
  );
  await tell(
    await plans.untold(before),
    ({ id }) => ({ kind: 'plan', planId: id }),
    (plan) => plans.markTold(plan),
  );
  await tell(
    await spaces.untold(before),
    ({ id }) => ({ kind: 'space', spaceId: id }),
    (space) => spaces.markTold(space),
  );
  await tell(
    await locations.untold(before),
    ({ id }) => ({ kind: 'location', locationId: id }),
    (location) => locations.markTold(location),
  );
  return { told };
}

/** The same of holds and releases, all of them: nobody else shuts these doors, or opens them again. */
export async function tellUntoldHolds({
  store,
  messages,
  clock,
}: Pick<AccessDeps, 'store' | 'messages' | 'clock'>): Promise<{ told: number }> {
  const before = clock.now() - HOLD_TOLD_WITHIN_MS;
  let told = 0;
  for (;;) {
    const untold = await store.members.untoldHolds(before);
    if (untold.length === 0) return { told };
    for (const hold of untold) await followHold({ store, messages }, hold, SWEEP);
    told += untold.length;
  }
}
