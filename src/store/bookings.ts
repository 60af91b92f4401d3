import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { Booking, BookingStatus } from '../domain/source';
import type { BookedTime } from '../domain/source-grants';
import { among, between, date, documentSchema, given, startsWith } from './documents';
import { findPage, type Page, type PageRequest, type SortKey } from './page';
import {
  sourceFields,
  sourceStore,
  type SourceDoc,
  type SourceRecord,
  type SourceStore,
} from './source-document';

export interface BookingFilter {
  /** The beginning of the id, as it stands. */
  search?: string;
  memberId?: string;
  spaceId?: string;
  /** Bookings of one of these. */
  spaceIds?: readonly string[];
  status?: BookingStatus;
  /** Bookings whose booked time shares an instant with [from, to); either may be left out. Ms, UTC. */
  from?: number;
  to?: number;
}

/** The bookings that the platform told us of, each at its latest version. */
export interface BookingStore extends SourceStore<Booking> {
  /** Without the deleted ones, latest start first (startsAt, then id, both descending). */
  list(filter: BookingFilter, page: PageRequest): Promise<Page<SourceRecord<Booking>>>;
  /** Confirmed bookings of the space that share an instant with the span, without this one. */
  neighbours(
    spaceId: string,
    span: BookedTime,
    exceptId: string,
  ): Promise<(BookedTime & { id: string })[]>;
  /** Ids of bookings of these spaces that end after the instant; after `afterId`, in order. */
  endingAfter(
    spaceIds: readonly string[],
    instant: number,
    afterId: string | null,
    limit: number,
  ): Promise<string[]>;
}

interface BookingDoc extends SourceDoc {
  memberIds: string[];
  spaceId: string | null;
  startsAt: Date | null;
  endsAt: Date | null;
  status: BookingStatus | null;
}

const LATEST_START_FIRST: readonly SortKey[] = [
  { field: 'startsAt', direction: -1, type: 'date' },
  { field: '_id', direction: -1, type: 'string' },
];

const bookingSchema = documentSchema<BookingDoc>({
  ...sourceFields,
  memberIds: { type: [String], default: undefined },
  spaceId: { type: String, default: null },
  startsAt: { type: Date, default: null },
  endsAt: { type: Date, default: null },
  status: { type: String, default: null },
})
  .index({ startsAt: -1, _id: -1 })
  .index({ spaceId: 1, startsAt: -1, _id: -1 })
  .index({ spaceId: 1, endsAt: 1 })
  .index({ memberIds: 1, startsAt: -1, _id: -1 })
  .index({ isApplied: 1 });

export function bookingStore(connection: Connection, clock: Clock): BookingStore {
  const bookings = connection.model<BookingDoc>('Booking', bookingSchema, 'bookings');
  const { toRecord, ...shared } = sourceStore<Booking, BookingDoc>(bookings, clock, {
    toContent: ({ memberIds, spaceId, startsAt, endsAt, status }) => {
      if (spaceId === null || startsAt === null || endsAt === null || status === null) {
        throw new Error('a booking is stored without its content');
      }
      return {
        memberIds,
        spaceId,
        startsAt: startsAt.getTime(),
        endsAt: endsAt.getTime(),
        status,
      };
    },
    toFields: ({ memberIds, spaceId, startsAt, endsAt, status }) => ({
      memberIds,
      spaceId,
      startsAt: date(startsAt),
      endsAt: date(endsAt),
      status,
    }),
    none: { memberIds: [], spaceId: null, startsAt: null, endsAt: null, status: null },
    placeOf: ({ spaceId, startsAt, endsAt }) =>
      spaceId === null || startsAt === null || endsAt === null
        ? null
        : { spaceId, startsAt: startsAt.getTime(), endsAt: endsAt.getTime() },
  });

  return {
    ...shared,

    list({ search, memberId, spaceId, spaceIds, status, from, to }, page) {
      const filter = given({
        _id: search === undefined ? undefined : startsWith(search),
        memberIds: memberId,
        spaceId: among(spaceId, spaceIds),
        status,
        startsAt: between(undefined, to),
        endsAt: from === undefined ? undefined : { $gt: date(from) },
      });
      return findPage(bookings, { deleted: false, ...filter }, LATEST_START_FIRST, page, toRecord);
    },

    async neighbours(spaceId, span, exceptId) {
      const docs = await bookings
        .find({
          _id: { $ne: exceptId },
          spaceId,
          status: 'confirmed',
          startsAt: { $lt: date(span.endsAt) },
          endsAt: { $gt: date(span.startsAt) },
        })
        .sort({ _id: 1 })
        .lean();
      return docs.map((doc) => {
        const { id, content } = toRecord(doc);
        if (content === null) throw new Error('a confirmed booking is deleted');
        return { id, startsAt: content.startsAt, endsAt: content.endsAt };
      });
    },

    async endingAfter(spaceIds, instant, afterId, limit) {
      const docs = await bookings
        .find(
          {
            spaceId: { $in: [...spaceIds] },
            endsAt: { $gt: date(instant) },
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
