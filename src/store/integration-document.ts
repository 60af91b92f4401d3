import type { LearnedBehaviour } from '../domain/door';
import type { Actor, ProblemType } from '../domain/grant';
import { actorSchema, documentSchema, msOrNull, partSchema } from './documents';

/** One trouble of the whole integration (an outage, a refused key). Instants in ms, UTC. */
export interface IntegrationFault {
  type: ProblemType;
  detail: string;
  /** When the trouble began, whatever its type was then. */
  since: number;
  probedAt: number;
  nextProbeAt: number;
}

/** A person's word that the next reconciliation may remove more than its guard allows. */
export interface RemovalApproval {
  by: Actor;
  /** Milliseconds since the epoch, UTC. */
  at: number;
  /** The run that has taken it; `null` until one does. */
  runId: string | null;
}

/** One connection to Kisi, without its API key. Instants in ms, UTC. */
export interface Integration {
  /** `int_…` */
  id: string;
  provider: 'kisi';
  /** Unique: one Kisi organization is connected once. */
  organizationId: number;
  organizationName: string;
  /** Kisi's id of the user whose API key it is. */
  keyOwnerId: number;
  formerKeyOwnerIds: number[];
  /** Rises with each replaced key. */
  keyVersion: number;
  locationIds: string[];
  active: boolean;
  learned: LearnedBehaviour;
  fault: IntegrationFault | null;
  lastSuccessAt: number | null;
  removalApproval: RemovalApproval | null;
  createdAt: number;
  updatedAt: number;
  createdBy: Actor;
}

/** An integration as it is stored, with its sealed key. */
export interface IntegrationDoc {
  _id: string;
  provider: 'kisi';
  organizationId: number;
  organizationName: string;
  keyOwnerId: number;
  formerKeyOwnerIds: number[];
  keyVersion: number;
  sealedApiKey: string;
  locationIds: string[];
  active: boolean;
  learned: LearnedBehaviour;
  patchLearnedAt: Date | null;
  fault: {
    type: ProblemType;
    detail: string;
    since: Date;
    probedAt: Date;
    nextProbeAt: Date;
  } | null;
  lastSuccessAt: Date | null;
  removalApproval: { by: Actor; at: Date; runId: string | null } | null;
  createdAt: Date;
  updatedAt: Date;
  createdBy: Actor;
}

const learnedSchema = partSchema<LearnedBehaviour>({
  secondRows: { type: String, required: true },
  patch: { type: String, required: true },
});

const faultSchema = partSchema<NonNullable<IntegrationDoc['fault']>>({
  type: { type: String, required: true },
  detail: { type: String, required: true },
  since: { type: Date, required: true },
  probedAt: { type: Date, required: true },
  nextProbeAt: { type: Date, required: true },
});

const approvalSchema = partSchema<NonNullable<IntegrationDoc['removalApproval']>>({
  by: { type: actorSchema, required: true },
  at: { type: Date, required: true },
  runId: { type: String, default: null },
});

export const integrationSchema = documentSchema<IntegrationDoc>({
  _id: { type: String, required: true },
  provider: { type: String, required: true },
  organizationId: { type: Number, required: true },
  organizationName: { type: String, required: true },
  keyOwnerId: { type: Number, required: true },
  formerKeyOwnerIds: { type: [Number], required: true },
  keyVersion: { type: Number, required: true },
  sealedApiKey: { type: String, required: true },
  locationIds: { type: [String], required: true },
  active: { type: Boolean, required: true },
  learned: { type: learnedSchema, required: true },
  patchLearnedAt: { type: Date, default: null },
  fault: { type: faultSchema, default: null },
  lastSuccessAt: { type: Date, default: null },
  removalApproval: { type: approvalSchema, default: null },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
  createdBy: { type: actorSchema, required: true },
}).index({ organizationId: 1 }, { unique: true });

/** That Kisi takes no PATCH is believed for so long: a passing fault would else be learned for ever. */
const REFUSAL_BELIEVED_MS = 24 * 3_600_000;

/** @param now what was learned too long ago is unknown again */
export function toIntegration(doc: IntegrationDoc, now: number): Integration {
  return {
    id: doc._id,
    provider: doc.provider,
    organizationId: doc.organizationId,
    organizationName: doc.organizationName,
    keyOwnerId: doc.keyOwnerId,
    formerKeyOwnerIds: doc.formerKeyOwnerIds,
    keyVersion: doc.keyVersion,
    locationIds: doc.locationIds,
    active: doc.active,
    learned: believed(doc, now),
    fault: doc.fault && {
      type: doc.fault.type,
      detail: doc.fault.detail,
      since: doc.fault.since.getTime(),
      probedAt: doc.fault.probedAt.getTime(),
      nextProbeAt: doc.fault.nextProbeAt.getTime(),
    },
    lastSuccessAt: msOrNull(doc.lastSuccessAt),
    removalApproval: doc.removalApproval && toApproval(doc.removalApproval),
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
    createdBy: doc.createdBy,
  };
}

function believed({ learned, patchLearnedAt }: IntegrationDoc, now: number): LearnedBehaviour {
  const isRefusal = learned.patch === 'refused' || learned.patch === 'ignored';
  const isOld = (patchLearnedAt?.getTime() ?? 0) + REFUSAL_BELIEVED_MS <= now;
  return isRefusal && isOld ? { ...learned, patch: 'unknown' } : learned;
}

export function toApproval(doc: NonNullable<IntegrationDoc['removalApproval']>): RemovalApproval {
  return { by: doc.by, at: doc.at.getTime(), runId: doc.runId };
}
