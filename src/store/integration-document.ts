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

/** A trouble that is over. Instants in ms, UTC. */
export interface PastFault {
  type: ProblemType;
  detail: string;
  since: number;
  healedAt: number;
}

/**
 * How members come to exist at Kisi: `managed` users get no mail and cannot sign in there; `invited`
 * ones are mailed by Kisi and may use its own app (kisi/facts.md §2.5).
 */
export const MEMBER_MODES = ['managed', 'invited'] as const;
export type MemberMode = (typeof MEMBER_MODES)[number];

/** What becomes of the access at Kisi when an integration is removed. */
export const REMOVAL_MODES = ['remove', 'leave'] as const;
export type RemovalMode = (typeof REMOVAL_MODES)[number];

/** Why an integration is inactive: a person has removed it. */
export interface Removal {
  /** `remove`: all access is taken away first. `leave`: only that without an end. */
  mode: RemovalMode;
  /** The job that shows how far it has come. */
  jobId: string;
  by: Actor;
  /** Milliseconds since the epoch, UTC. */
  at: number;
}

/** A person has stopped what Latchkey creates and changes at Kisi. */
export interface EmergencyStop {
  reason: string;
  /** Also what it removes, so that nothing at all is written. */
  includeRemovals: boolean;
  /** Who set it, or changed it last. */
  by: Actor;
  /** When it was set, ms since the epoch, UTC. */
  since: number;
}

/** What the last look at the key's rights found. */
export interface RightsCheck {
  /** Milliseconds since the epoch, UTC. */
  at: number;
  /** Rights by Kisi's names, such as `groups_write`. Empty: the key may do all that is needed. */
  missing: string[];
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
  /** False from its removal on, until its organization is connected again. */
  active: boolean;
  /** Whether there is a key. A removed integration has none once its removal is done. */
  connected: boolean;
  /** `null`: not removed. */
  removal: Removal | null;
  memberMode: MemberMode;
  learned: LearnedBehaviour;
  fault: IntegrationFault | null;
  /** The fault before, or the last one when there is none now. */
  lastFault: PastFault | null;
  lastSuccessAt: number | null;
  /** `null`: never looked at. */
  rights: RightsCheck | null;
  removalApproval: RemovalApproval | null;
  /** `null`: nothing is stopped. */
  emergencyStop: EmergencyStop | null;
  createdAt: number;
  updatedAt: number;
  createdBy: Actor;
  /** The request that connected it last, so that its repetition is known. */
  connectionId: string;
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
  /** `null`: the integration was removed. */
  sealedApiKey: string | null;
  locationIds: string[];
  active: boolean;
  /** Integrations of an earlier version lack the optional ones. */
  removal?: { mode: RemovalMode; jobId: string; by: Actor; at: Date } | null;
  memberMode?: MemberMode;
  learned: LearnedBehaviour;
  patchLearnedAt: Date | null;
  fault: {
    type: ProblemType;
    detail: string;
    since: Date;
    probedAt: Date;
    nextProbeAt: Date;
  } | null;
  lastFault?: { type: ProblemType; detail: string; since: Date; healedAt: Date } | null;
  lastSuccessAt: Date | null;
  rights?: { at: Date; missing: string[] } | null;
  connectionId?: string;
  removalApproval: { by: Actor; at: Date; runId: string | null } | null;
  emergencyStop?: (Omit<EmergencyStop, 'since'> & { since: Date }) | null;
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

const pastFaultSchema = partSchema<NonNullable<IntegrationDoc['lastFault']>>({
  type: { type: String, required: true },
  detail: { type: String, required: true },
  since: { type: Date, required: true },
  healedAt: { type: Date, required: true },
});

const removalSchema = partSchema<NonNullable<IntegrationDoc['removal']>>({
  mode: { type: String, required: true },
  jobId: { type: String, required: true },
  by: { type: actorSchema, required: true },
  at: { type: Date, required: true },
});

const rightsSchema = partSchema<NonNullable<IntegrationDoc['rights']>>({
  at: { type: Date, required: true },
  missing: { type: [String], required: true },
});

const emergencyStopSchema = partSchema<NonNullable<IntegrationDoc['emergencyStop']>>({
  reason: { type: String, required: true },
  includeRemovals: { type: Boolean, required: true },
  by: { type: actorSchema, required: true },
  since: { type: Date, required: true },
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
  sealedApiKey: { type: String, default: null },
  locationIds: { type: [String], required: true },
  active: { type: Boolean, required: true },
  removal: { type: removalSchema, default: null },
  memberMode: { type: String, required: true },
  learned: { type: learnedSchema, required: true },
  patchLearnedAt: { type: Date, default: null },
  fault: { type: faultSchema, default: null },
  lastFault: { type: pastFaultSchema, default: null },
  lastSuccessAt: { type: Date, default: null },
  rights: { type: rightsSchema, default: null },
  connectionId: { type: String, required: true },
  removalApproval: { type: approvalSchema, default: null },
  emergencyStop: { type: emergencyStopSchema, default: null },
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
    connected: doc.sealedApiKey !== null,
    removal: doc.removal ? { ...doc.removal, at: doc.removal.at.getTime() } : null,
    memberMode: doc.memberMode ?? 'managed',
    learned: believed(doc, now),
    fault: doc.fault && {
      type: doc.fault.type,
      detail: doc.fault.detail,
      since: doc.fault.since.getTime(),
      probedAt: doc.fault.probedAt.getTime(),
      nextProbeAt: doc.fault.nextProbeAt.getTime(),
    },
    lastFault: doc.lastFault
      ? {
          type: doc.lastFault.type,
          detail: doc.lastFault.detail,
          since: doc.lastFault.since.getTime(),
          healedAt: doc.lastFault.healedAt.getTime(),
        }
      : null,
    lastSuccessAt: msOrNull(doc.lastSuccessAt),
    rights: doc.rights ? { at: doc.rights.at.getTime(), missing: doc.rights.missing } : null,
    removalApproval: doc.removalApproval && toApproval(doc.removalApproval),
    emergencyStop: toEmergencyStop(doc),
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
    createdBy: doc.createdBy,
    connectionId: doc.connectionId ?? doc._id,
  };
}

function believed({ learned, patchLearnedAt }: IntegrationDoc, now: number): LearnedBehaviour {
  const isRefusal = learned.patch === 'refused' || learned.patch === 'ignored';
  const isOld = (patchLearnedAt?.getTime() ?? 0) + REFUSAL_BELIEVED_MS <= now;
  return isRefusal && isOld ? { ...learned, patch: 'unknown' } : learned;
}

export function toEmergencyStop({
  emergencyStop: stop,
}: Pick<IntegrationDoc, 'emergencyStop'>): EmergencyStop | null {
  return stop ? { ...stop, since: stop.since.getTime() } : null;
}

export function toApproval(doc: NonNullable<IntegrationDoc['removalApproval']>): RemovalApproval {
  return { by: doc.by, at: doc.at.getTime(), runId: doc.runId };
}
