import type { OfferedSource } from '../../src/access/offer-source';
import type { SourceContent } from '../../src/access/source-plan';
import type { Booking, Membership, Snapshot, SourceKind } from '../../src/domain/source';
import type { SourceStore, Store } from '../../src/store';
import type { ProblemCode } from '../http/problems';

/** What tells bookings and memberships apart where both are handled in the same way. */
export interface SourceKindOf<Content extends object> {
  readonly kind: SourceKind;
  /** The path of the collection. */
  readonly path: string;
  readonly notFound: ProblemCode;
  storeIn(store: Store): SourceStore<Content>;
  offered(id: string, snapshot: Snapshot<Content>): OfferedSource;
  withContent(id: string, content: Content | null): SourceContent;
  /** Whether it asks for access. */
  givesAccess(content: Content): boolean;
  /** What somebody can do when nothing will open. */
  noDoor(content: Content): string;
}

export const BOOKINGS: SourceKindOf<Booking> = {
  kind: 'booking',
  path: '/v1/bookings',
  notFound: 'booking_not_found',
  storeIn: ({ bookings }) => bookings,
  offered: (id, snapshot) => ({ kind: 'booking', id, snapshot }),
  withContent: (id, content) => ({ kind: 'booking', id, content }),
  givesAccess: ({ status }) => status === 'confirmed',
  noDoor: ({ spaceId }) =>
    `Nothing will open: the space ${spaceId} has no Lock mapping and its location no Group mapping. Map a lock to the space or a group to the location (POST /v1/door-mappings); this booking follows by itself.`,
};

export const MEMBERSHIPS: SourceKindOf<Membership> = {
  kind: 'membership',
  path: '/v1/memberships',
  notFound: 'membership_not_found',
  storeIn: ({ memberships }) => memberships,
  offered: (id, snapshot) => ({ kind: 'membership', id, snapshot }),
  withContent: (id, content) => ({ kind: 'membership', id, content }),
  givesAccess: ({ status }) => status === 'active',
  noDoor: ({ planId, locationId }) =>
    `Nothing will open: the plan ${planId} lists no door and the location ${locationId} has no Group mapping. Add door access to the plan (POST /v1/plans/${planId}/door-access) or map a group to the location (POST /v1/door-mappings); this membership follows by itself.`,
};
