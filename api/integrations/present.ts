import type { z } from 'zod';
import type { BlockedDoor } from '../../src/access/blocked-doors';
import { remedyFor } from '../../src/access/key-rights';
import type { KisiDeletionMeaning } from '../../src/domain/kisi-drift';
import { SLOTS_PER_OWNER, type KisiGroup, type KisiLock } from '../../src/kisi';
import type {
  GrantsWaiting,
  Integration,
  ReconcileRun,
  RemovalApproval,
  SeenDrift,
} from '../../src/store';
import { PROBLEM_REMEDIES } from '../http/grant-problems';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { approvalOut, healthOut, integrationOut, kisiResourceOut } from './shapes';

export function presentIntegration(
  integration: Integration,
  apiKeyHint: string | null,
  deletionInKisi: KisiDeletionMeaning,
): z.input<typeof integrationOut> {
  return {
    id: integration.id,
    provider: integration.provider,
    organization: { id: integration.organizationId, name: integration.organizationName },
    apiKeyHint,
    locationIds: [...integration.locationIds],
    memberMode: integration.memberMode,
    deletionInKisi,
    active: integration.active,
    removal: integration.removal && {
      mode: integration.removal.mode,
      jobId: integration.removal.jobId,
      by: integration.removal.by,
      at: toIso(integration.removal.at),
    },
    emergencyStop: presentStop(integration),
    createdAt: toIso(integration.createdAt),
    createdBy: integration.createdBy,
    updatedAt: toIso(integration.updatedAt),
  };
}

function presentStop({
  emergencyStop: stop,
}: Integration): z.input<typeof integrationOut>['emergencyStop'] {
  return stop && { ...stop, since: toIso(stop.since) };
}

export function presentApproval(approval: RemovalApproval): z.input<typeof approvalOut> {
  return { by: approval.by, at: toIso(approval.at), runId: approval.runId };
}

/** What is known of a connection beside its own record. */
export interface HealthFacts {
  lastRun: ReconcileRun | null;
  requests: { lastMinute: number; lastHour: number; lastDay: number };
  waitingGrants: GrantsWaiting;
  /** Grants that let somebody in now. */
  openGrants: number;
  blockedDoors: readonly BlockedDoor[];
  drifts: { count: number; latest: SeenDrift | null };
}

const DOORS_SHOWN = 100;

export function presentHealth(
  integration: Integration,
  { lastRun, requests, waitingGrants, openGrants, blockedDoors, drifts }: HealthFacts,
): z.input<typeof healthOut> {
  const { fault, lastFault, rights, removalApproval } = integration;
  return {
    state: stateOf(integration),
    emergencyStop: presentStop(integration),
    fault: fault && {
      type: fault.type,
      detail: fault.detail,
      remedy: PROBLEM_REMEDIES[fault.type],
      since: toIso(fault.since),
      probedAt: toIso(fault.probedAt),
      nextProbeAt: toIso(fault.nextProbeAt),
    },
    lastFault: lastFault && {
      type: lastFault.type,
      detail: lastFault.detail,
      since: toIso(lastFault.since),
      healedAt: toIso(lastFault.healedAt),
    },
    lastSuccessAt: toIsoOrNull(integration.lastSuccessAt),
    rights: rights && {
      checkedAt: toIso(rights.at),
      missing: rights.missing.map((right) => ({ right, remedy: remedyFor(right) })),
    },
    requests: { ...requests, limitPerSecond: SLOTS_PER_OWNER },
    waitingGrants: { ...waitingGrants },
    openGrants,
    doorsThatWillNotUnlock: {
      count: blockedDoors.length,
      sample: blockedDoors.slice(0, DOORS_SHOWN).map(({ seenAt, obstacles, ...door }) => ({
        ...door,
        obstacles: obstacles.map((obstacle) => ({ ...obstacle })),
        seenAt: toIso(seenAt),
      })),
    },
    drift: { lastDay: drifts.count, latest: drifts.latest && presentDrift(drifts.latest) },
    learned: { secondRows: integration.learned.secondRows, patch: integration.learned.patch },
    lastReconciliation: lastRun && presentRun(lastRun),
    removalApproval: removalApproval && presentApproval(removalApproval),
  };
}

function presentDrift({
  at,
  actor,
  ...drift
}: SeenDrift): NonNullable<z.input<typeof healthOut>['drift']['latest']> {
  return { ...drift, at: toIso(at), by: { type: 'kisi', id: actor } };
}

function stateOf(integration: Integration): 'ok' | 'fault' | 'unknown' | 'inactive' {
  if (!integration.active) return 'inactive';
  if (integration.fault !== null) return 'fault';
  return integration.lastSuccessAt === null ? 'unknown' : 'ok';
}

function presentRun(
  run: ReconcileRun,
): NonNullable<z.input<typeof healthOut>['lastReconciliation']> {
  return {
    id: run.id,
    startedAt: toIso(run.startedAt),
    finishedAt: toIsoOrNull(run.finishedAt),
    expired: run.expired,
    started: run.started,
    repaired: run.repaired,
    removed: run.removed,
    foreignRows: run.foreignRows.count,
    foreignRowSample: run.foreignRows.sample.map((row) => ({
      ...row,
      from: toIsoOrNull(row.from),
      until: toIsoOrNull(row.until),
    })),
    plannedRemovals: run.plannedRemovals,
    openDoors: run.openDoors,
    refused: run.refused,
    disabledUserIds: [...run.disabledUserIds],
    skipped: run.skipped,
  };
}

export function presentLock(lock: KisiLock): z.input<typeof kisiResourceOut> {
  return {
    id: lock.id,
    type: 'lock',
    name: lock.name,
    description: lock.description,
    placeId: lock.placeId,
    placeName: lock.placeName,
    online: lock.online,
  };
}

export function presentGroup(group: KisiGroup): z.input<typeof kisiResourceOut> {
  return {
    id: group.id,
    type: 'group',
    name: group.name,
    description: group.description,
    placeId: group.placeId,
    placeName: null,
    online: null,
  };
}
