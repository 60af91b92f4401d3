import type { AccessLogEntry, Actor } from '../domain/grant';
import { acceptedGrant } from '../domain/grant-life';
import { strangerId } from '../domain/stand-in';
import type { DoorMapping } from '../store';
import type { ForeignRowDeps, ForeignRowView } from './foreign-row-view';

/** One line in the log of each door mapping that the row leads to. There is no grant behind it. */
export async function logForeignRow(
  { store, clock }: ForeignRowDeps,
  view: ForeignRowView,
  action: 'adopt' | 'clear',
  by: Actor,
): Promise<void> {
  const mappings = await store.doorMappings.getMany(view.doorMappingIds);
  await store.accessLog.append(
    mappings.map((mapping) => entryOf(view, mapping, action, by, clock.now())),
  );
}

function entryOf(
  view: ForeignRowView,
  mapping: DoorMapping,
  action: 'adopt' | 'clear',
  by: Actor,
  at: number,
): AccessLogEntry {
  const id = `row_${String(view.roleAssignmentId)}`;
  const accepted = {
    id,
    memberId: view.memberId ?? strangerId('User', view.kisiUserId),
    doorMappingId: mapping.id,
    source: 'manual' as const,
    sourceId: null,
    startsAt: view.from ?? view.madeAt,
    endsAt: view.until,
    reason: null,
  };
  return {
    id: `${id}:${mapping.id}:${action}`,
    action,
    status: action === 'adopt' ? 'accepted' : 'removed',
    reason: null,
    problem: null,
    by,
    at,
    // No grant stands behind the row, so that what is shown in its place gives no access.
    grant: {
      ...acceptedGrant(accepted, at, by),
      stops: ['admin'],
      provisioning: 'removed',
      settled: true,
      recordNumber: at,
    },
  };
}
