import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { Membership, MembershipStatus } from '../domain/source';
import { among, date, dateOrNull, documentSchema, given, msOrNull, startsWith } from './documents';
import { BY_ID, findPage, type Page, type PageRequest } from './page';
import {
  sourceFields,
  sourceStore,
  type SourceDoc,
  type SourceRecord,
  type SourceStore,
} from './source-document';

export interface MembershipFilter {
  /** The beginning of the id, as it stands. */
  search?: string;
  memberId?: string;
  planId?: string;
  locationId?: string;
  /** Memberships at one of these. */
  locationIds?: readonly string[];
  status?: MembershipStatus;
}

/** The memberships that the platform told us of, each at its latest version. */
export interface MembershipStore extends SourceStore<Membership> {
  /** Without the deleted ones, in order of id. */
  list(filter: MembershipFilter, page: PageRequest): Promise<Page<SourceRecord<Membership>>>;
  /** Ids of those of the plan or at the location that end after the instant or never; after `afterId`, in order. */
  endingAfter(
    of: { planIds: readonly string[] } | { locationIds: readonly string[] },
    instant: number,
    afterId: string | null,
    limit: number,
  ): Promise<string[]>;
}

interface MembershipDoc extends SourceDoc {
  memberIds: string[];
  planId: string | null;
  locationId: string | null;
  startsAt: Date | null;
  endsAt: Date | null;
  status: MembershipStatus | null;
}

const membershipSchema = documentSchema<MembershipDoc>({
  ...sourceFields,
  memberIds: { type: [String], default: undefined },
  planId: { type: String, default: null },
  locationId: { type: String, default: null },
  startsAt: { type: Date, default: null },
  endsAt: { type: Date, default: null },
  status: { type: String, default: null },
})
  .index({ planId: 1 })
  .index({ locationId: 1 })
  .index({ memberIds: 1 })
  .index({ isApplied: 1 });

export function membershipStore(connection: Connection, clock: Clock): MembershipStore {
  const memberships = connection.model<MembershipDoc>(
    'Membership',
    membershipSchema,
    'memberships',
  );
  const { toRecord, ...shared } = sourceStore<Membership, MembershipDoc>(memberships, clock, {
    toContent: ({ memberIds, planId, locationId, startsAt, endsAt, status }) => {
      if (planId === null || locationId === null || startsAt === null || status === null) {
        throw new Error('a membership is stored without its content');
      }
      return {
        memberIds,
        planId,
        locationId,
        startsAt: startsAt.getTime(),
        endsAt: msOrNull(endsAt),
        status,
      };
    },
    toFields: ({ memberIds, planId, locationId, startsAt, endsAt, status }) => ({
      memberIds,
      planId,
      locationId,
      startsAt: date(startsAt),
      endsAt: dateOrNull(endsAt),
      status,
    }),
    none: {
      memberIds: [],
      planId: null,
      locationId: null,
      startsAt: null,
      endsAt: null,
      status: null,
    },
    placeOf: () => null,
  });

  return {
    ...shared,

    list({ search, memberId, locationId, locationIds, ...equal }, page) {
      const filter = given({
        _id: search === undefined ? undefined : startsWith(search),
        memberIds: memberId,
        locationId: among(locationId, locationIds),
        ...equal,
      });
      return findPage(memberships, { deleted: false, ...filter }, BY_ID, page, toRecord);
    },

    async endingAfter(of, instant, afterId, limit) {
      const docs = await memberships
        .find(
          {
            deleted: false,
            ...('planIds' in of
              ? { planId: { $in: [...of.planIds] } }
              : { locationId: { $in: [...of.locationIds] } }),
            $or: [{ endsAt: null }, { endsAt: { $gt: date(instant) } }],
            ...(afterId !== null && { _id: { $gt: afterId } }),
          },
          { _id: 1 },
        )
        .sort({ _id: 1 })
        .limit(limit)
        .lean();
      return docs.map(({ _id }) => _id);
    },
  };
}
