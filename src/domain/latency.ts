import type { AccessLogEntry, Grant } from './grant';

/**
 * What was waited for. `grant`: access that was owed already, from its acceptance, or from the start
 * of its window where that came later, until it was in place. `ahead`: access that was written before
 * its start, from its acceptance. `revoke`: an early end, from its acceptance until Kisi showed it.
 * `end`: by how much access at Kisi outlived its window.
 */
export const LATENCY_KINDS = ['grant', 'ahead', 'revoke', 'end'] as const;
export type LatencyKind = (typeof LATENCY_KINDS)[number];

/** A change that was seen settled at Kisi, and how long that took. */
export interface Settlement {
  kind: LatencyKind;
  /** Names what settled: the same however often it is recorded. */
  of: string;
  /** `null`: unknown. */
  doorMappingId: string | null;
  /** When it was seen settled; ms since the epoch, UTC. */
  at: number;
  /** Never negative. */
  ms: number;
}

/** What the row of an access log tells of a settled change; `null`: nothing that is measured. */
export function settlementOf({ status, action, grant }: AccessLogEntry): Settlement | null {
  const { changedAt, startsAt, inPlaceAt, removedAt } = grant;
  if (status === 'in_place' && inPlaceAt !== null && grant.settled) {
    // Written ahead it is done when Kisi has it; else access is owed from the start at the earliest.
    return isInPlaceBeforeStart(grant)
      ? settled(grant, 'ahead', changedAt, inPlaceAt)
      : settled(grant, 'grant', Math.max(changedAt, startsAt), inPlaceAt);
  }
  if (action === 'revoke' && status === 'removed' && removedAt !== null) {
    return settled(grant, 'revoke', changedAt, removedAt);
  }
  return null;
}

export function isInPlaceBeforeStart({ inPlaceAt, startsAt }: Grant): boolean {
  return inPlaceAt !== null && inPlaceAt < startsAt;
}

function settled(
  { id, revision, doorMappingId }: Grant,
  kind: LatencyKind,
  owedFrom: number,
  at: number,
): Settlement {
  const of = `${id}:${String(revision)}`;
  return { kind, of, doorMappingId, at, ms: Math.max(0, at - owedFrom) };
}

/** How long changes took that settled in one span of time. No change, no figure. */
export interface Latency {
  count: number;
  p50Ms: number | null;
  p95Ms: number | null;
}

/** Over a whole window, and per hour of it; `from` is the hour's begin, ms since the epoch, UTC. */
export interface LatencyOverTime extends Latency {
  buckets: (Latency & { from: number })[];
}

export const HOUR_MS = 3_600_000;

/** The begin of the first of so many whole hours, of which the last is the one that runs. */
export function firstHour(now: number, hours: number): number {
  return Math.floor(now / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS;
}

/**
 * The latency of these changes, in hours from `from` on. Hours in which nothing settled are there with
 * a count of 0.
 *
 * @param from the begin of an hour; ms since the epoch, UTC
 * @param until exclusive; what settled outside of [from, until) is not counted
 */
export function latencyOf(
  settlements: readonly Pick<Settlement, 'at' | 'ms'>[],
  from: number,
  until: number,
): LatencyOverTime {
  const hours = Math.max(0, Math.ceil((until - from) / HOUR_MS));
  const perHour = Array.from({ length: hours }, (): number[] => []);
  for (const { at, ms } of settlements) {
    if (from <= at && at < until) perHour[Math.floor((at - from) / HOUR_MS)]?.push(ms);
  }
  return {
    ...figuresOf(perHour.flat()),
    buckets: perHour.map((all, hour) => ({ from: from + hour * HOUR_MS, ...figuresOf(all) })),
  };
}

function figuresOf(all: readonly number[]): Latency {
  const sorted = [...all].sort((a, b) => a - b);
  return { count: sorted.length, p50Ms: quantile(sorted, 0.5), p95Ms: quantile(sorted, 0.95) };
}

/** By the nearest rank: a time that was really measured, never one in between. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.ceil(sorted.length * share) - 1] ?? null;
}
