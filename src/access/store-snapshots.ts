import type { StoreSnapshotsResult } from '../contracts/source-activities';
import type { SourceRef } from '../domain/source';
import type { Acceptance } from '../store';
import type { AccessDeps } from './deps';
import { hostId, readBooking, readMembership } from './source-snapshots';

type Deps = Pick<AccessDeps, 'store' | 'log'>;

/**
 * Stores what booking systems sent, oldest first. Whatever is malformed, old or contradicts what
 * stands under its version changes nothing, is logged, and comes back with the reason.
 */
export async function storeSnapshots(
  deps: Deps,
  source: SourceRef,
  messages: readonly unknown[],
): Promise<StoreSnapshotsResult> {
  const result: StoreSnapshotsResult = { stored: 0, ignored: [] };
  for (const message of messages) {
    const why = await storeOne(deps, source, message);
    if (why === null) {
      result.stored += 1;
      continue;
    }
    deps.log.warn({ source, why }, 'A message of a booking system changed nothing');
    result.ignored.push(why);
  }
  return result;
}

/** Why the message changed nothing; `null` when it was stored. */
async function storeOne(
  { store }: Deps,
  source: SourceRef,
  message: unknown,
): Promise<string | null> {
  // The workflow's id came from outside, and is kept and shown in many places.
  if (!hostId.safeParse(source.id).success)
    return `malformed: the ${source.kind}'s id is not an id`;
  if (source.kind === 'booking') {
    const { snapshot, fault } = readBooking(message);
    if (fault !== null) return `malformed: ${fault}`;
    return whyIgnored(await store.bookings.accept(source.id, snapshot), snapshot.version);
  }
  const { snapshot, fault } = readMembership(message);
  if (fault !== null) return `malformed: ${fault}`;
  return whyIgnored(await store.memberships.accept(source.id, snapshot), snapshot.version);
}

function whyIgnored({ verdict, stands }: Acceptance<unknown>, version: number): string | null {
  const known = `version ${String(stands.version)} is known`;
  switch (verdict) {
    case 'stored':
      return null;
    case 'same':
      return `version ${String(version)} came again with the same content`;
    case 'older':
      return `version ${String(version)} is older: ${known}`;
    case 'reused':
      return `version ${String(version)} came again with other content: ${known}; send a higher version`;
  }
}
