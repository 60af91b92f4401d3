import type { BookingChangedMessage, MembershipChangedMessage } from '../contracts/source-messages';
import { windowFault } from '../domain/grant-life';
import { showInstant } from '../domain/instant';
import {
  verdictOnKnown,
  type Booking,
  type Membership,
  type Snapshot,
  type SourceRef,
} from '../domain/source';
import type { SourceRecord, Store } from '../store';
import type { AccessDeps } from './deps';

/** A snapshot that somebody sends over HTTP, with the source that it speaks of. */
export type OfferedSource =
  | { kind: 'booking'; id: string; snapshot: Snapshot<Booking> }
  | { kind: 'membership'; id: string; snapshot: Snapshot<Membership> };

export const OFFER_FAULTS = [
  'window_invalid',
  'member_unknown',
  'space_unknown',
  'plan_unknown',
  'location_unknown',
] as const;
export type OfferFaultCode = (typeof OFFER_FAULTS)[number];

/** One thing that is wrong with what a snapshot says. */
export interface OfferFault {
  /** The field, such as `spaceId`. */
  path: string;
  code: OfferFaultCode;
  message: string;
}

/** What became of an offered snapshot. */
export type OfferOutcome =
  /** Temporal has it: it will be stored and applied, whatever happens here. */
  | { outcome: 'sent' }
  /** It stands already and its grants were told: a repetition. */
  | { outcome: 'known' }
  /** A newer version stands. Nothing was changed. */
  | { outcome: 'older'; stands: number }
  /** This version stands with other content. Nothing was changed. */
  | { outcome: 'reused' }
  /** Nothing was changed. */
  | { outcome: 'faulty'; faults: OfferFault[] };

/**
 * Takes a snapshot from somebody who waits for an answer: tells at once what the storing activity
 * would only log (an old or contradicting version, an unknown member or place), then hands it to the
 * source's workflow. Handing it over is the commit; the version guard proper is where it is stored.
 *
 * @throws ServiceError when Temporal cannot be reached; nothing was changed then
 */
export async function offerSource(
  deps: Pick<AccessDeps, 'store'> & { messages: Pick<AccessDeps['messages'], 'changeSource'> },
  offered: OfferedSource,
): Promise<OfferOutcome> {
  const { kind, id } = offered;
  const standing =
    offered.kind === 'booking'
      ? judge(await deps.store.bookings.get(id), offered.snapshot)
      : judge(await deps.store.memberships.get(id), offered.snapshot);
  if (standing !== 'new' && standing.outcome !== 'unapplied') return standing;
  if (standing === 'new') {
    const faults = await faultsOf(deps.store, offered);
    if (faults.length > 0) return { outcome: 'faulty', faults };
  }
  await deps.messages.changeSource({ kind, id } satisfies SourceRef, messageOf(offered));
  return { outcome: 'sent' };
}

/** How an offered snapshot stands to what is stored. */
function judge<Content extends object>(
  record: SourceRecord<Content> | null,
  snapshot: Snapshot<Content>,
): 'new' | { outcome: 'unapplied' } | Exclude<OfferOutcome, { outcome: 'sent' | 'faulty' }> {
  if (record === null || record.version < snapshot.version) return 'new';
  switch (verdictOnKnown(record, snapshot)) {
    case 'older':
      return { outcome: 'older', stands: record.version };
    case 'reused':
      return { outcome: 'reused' };
    case 'same':
      return { outcome: record.appliedVersion === record.version ? 'known' : 'unapplied' };
  }
}

/**
 * What a snapshot that asks for access names must be known, since its doors could not be told
 * otherwise. One that takes access away is never refused for that: a member who was erased, or a space
 * that was never sent, must not keep a cancelled booking's doors open.
 */
async function faultsOf(store: Store, offered: OfferedSource): Promise<OfferFault[]> {
  const { content } = offered.snapshot;
  if (content === null) return [];
  const window = windowFault(content.startsAt, content.endsAt);
  const faults: OfferFault[] =
    window === null ? [] : [{ path: 'endsAt', code: 'window_invalid', message: window }];
  if (content.status === 'cancelled' || content.status === 'paused') return faults;
  faults.push(...(await unknownMembers(store, content.memberIds)));
  const refer = async (
    path: string,
    code: OfferFaultCode,
    what: string,
    refersTo: string,
    found: Promise<object | null>,
  ): Promise<void> => {
    if ((await found) !== null) return;
    faults.push({ path, code, message: `no ${what} has the id ${refersTo}.` });
  };
  if (offered.kind === 'booking') {
    const { spaceId } = content as Booking;
    await refer('spaceId', 'space_unknown', 'space', spaceId, store.spaces.get(spaceId));
  } else {
    const { planId, locationId } = content as Membership;
    await refer('planId', 'plan_unknown', 'plan', planId, store.plans.get(planId));
    const location = store.locations.get(locationId);
    await refer('locationId', 'location_unknown', 'location', locationId, location);
  }
  return faults;
}

async function unknownMembers(store: Store, memberIds: readonly string[]): Promise<OfferFault[]> {
  const known = new Set((await store.members.getMany(memberIds)).map(({ id }) => id));
  return memberIds
    .filter((id) => !known.has(id))
    .map((id) => ({
      path: 'memberIds',
      code: 'member_unknown',
      message: `no member has the id ${id}.`,
    }));
}

/** The snapshot as a booking system would signal it. */
function messageOf(offered: OfferedSource): BookingChangedMessage | MembershipChangedMessage {
  const { version, content } = offered.snapshot;
  if (content === null) return { version, deleted: true };
  const { startsAt, endsAt, ...rest } = content;
  return {
    version,
    ...rest,
    startsAt: showInstant(startsAt),
    endsAt: endsAt === null ? null : showInstant(endsAt),
  };
}
