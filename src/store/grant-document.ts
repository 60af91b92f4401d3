import type { Schema } from 'mongoose';
import type { Grant } from '../domain/grant';
import {
  actorSchema,
  date,
  dateOrNull,
  documentSchema,
  msOrNull,
  problemSchema,
} from './documents';

type InstantOfGrant = 'startsAt' | 'createdAt' | 'changedAt';
type MaybeInstantOfGrant = 'endsAt' | 'inPlaceAt' | 'removedAt';

/** A grant as it is stored, in `grants` and inside each row of `accessLog`. */
export type GrantDoc = Omit<Grant, 'id' | InstantOfGrant | MaybeInstantOfGrant> & {
  _id: string;
} & Record<InstantOfGrant, Date> &
  Record<MaybeInstantOfGrant, Date | null>;

/** Built twice: an index that belongs to `grants` must not appear on `accessLog`. */
export function grantSchema(): Schema<GrantDoc> {
  return documentSchema<GrantDoc>({
    _id: { type: String, required: true },
    memberId: { type: String, required: true },
    doorMappingId: { type: String, required: true },
    source: { type: String, required: true },
    sourceId: { type: String, default: null },
    sourceOrder: { type: Number, required: true },
    startsAt: { type: Date, required: true },
    endsAt: { type: Date, default: null },
    stops: { type: [String], required: true },
    provisioning: { type: String, required: true },
    problem: { type: problemSchema, default: null },
    revision: { type: Number, required: true },
    settled: { type: Boolean, required: true },
    recordNumber: { type: Number, required: true },
    createdAt: { type: Date, required: true },
    createdBy: { type: actorSchema, required: true },
    changedAt: { type: Date, required: true },
    changedBy: { type: actorSchema, required: true },
    reason: { type: String, default: null },
    inPlaceAt: { type: Date, default: null },
    removedAt: { type: Date, default: null },
  });
}

export function toGrantDoc(grant: Grant): GrantDoc {
  return {
    _id: grant.id,
    memberId: grant.memberId,
    doorMappingId: grant.doorMappingId,
    source: grant.source,
    sourceId: grant.sourceId,
    sourceOrder: grant.sourceOrder,
    startsAt: date(grant.startsAt),
    endsAt: dateOrNull(grant.endsAt),
    stops: grant.stops,
    provisioning: grant.provisioning,
    problem: grant.problem,
    revision: grant.revision,
    settled: grant.settled,
    recordNumber: grant.recordNumber,
    createdAt: date(grant.createdAt),
    createdBy: grant.createdBy,
    changedAt: date(grant.changedAt),
    changedBy: grant.changedBy,
    reason: grant.reason,
    inPlaceAt: dateOrNull(grant.inPlaceAt),
    removedAt: dateOrNull(grant.removedAt),
  };
}

export function toGrant(doc: GrantDoc): Grant {
  return {
    id: doc._id,
    memberId: doc.memberId,
    doorMappingId: doc.doorMappingId,
    source: doc.source,
    sourceId: doc.sourceId,
    sourceOrder: doc.sourceOrder,
    startsAt: doc.startsAt.getTime(),
    endsAt: msOrNull(doc.endsAt),
    stops: doc.stops,
    provisioning: doc.provisioning,
    problem: doc.problem,
    revision: doc.revision,
    settled: doc.settled,
    recordNumber: doc.recordNumber,
    createdAt: doc.createdAt.getTime(),
    createdBy: doc.createdBy,
    changedAt: doc.changedAt.getTime(),
    changedBy: doc.changedBy,
    reason: doc.reason,
    inPlaceAt: msOrNull(doc.inPlaceAt),
    removedAt: msOrNull(doc.removedAt),
  };
}
