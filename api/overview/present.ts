import type { z } from 'zod';
import type { NamedGrant } from '../../src/access/named-grants';
import type { IntegrationGlance, Overview } from '../../src/access/overview';
import type { LatencyOverTime } from '../../src/domain/latency';
import type { Integration } from '../../src/store';
import { presentForeignRow } from '../foreign-rows/present';
import { presentGrant } from '../grants/present';
import { PROBLEM_REMEDIES } from '../http/grant-problems';
import { toIso } from '../schemas/common';
import type { overviewOut } from './schema';

type OverviewOut = z.input<typeof overviewOut>;

export function presentOverview(overview: Overview): OverviewOut {
  const { at, attention, integrations, startsNotInPlace, foreignRows, latency } = overview;
  const named = (one: NamedGrant): OverviewOut['startsNotInPlace'][number] => presentNamed(one, at);
  return {
    at: toIso(at),
    attention: { count: attention.count, grants: attention.grants.map(named) },
    integrations: integrations.map(presentGlance),
    startsNotInPlace: startsNotInPlace.map(named),
    foreignRows: {
      count: foreignRows.count,
      rows: foreignRows.rows.map((row) => ({
        integrationId: row.integrationId,
        ...presentForeignRow(row),
      })),
    },
    latency: {
      windowHours: latency.windowHours,
      from: toIso(latency.from),
      grant: presentLatency(latency.grant),
      ahead: presentLatency(latency.ahead),
      revoke: presentLatency(latency.revoke),
      end: presentLatency(latency.end),
    },
  };
}

function presentNamed(
  { grant, memberName, door, location }: NamedGrant,
  now: number,
): OverviewOut['startsNotInPlace'][number] {
  return {
    member: { id: grant.memberId, name: memberName },
    door: { doorMappingId: door.id, name: door.name },
    location,
    grant: presentGrant(grant, now),
  };
}

function presentGlance({
  integration,
  foreignRows,
}: IntegrationGlance): OverviewOut['integrations'][number] {
  const { id, organizationName: name, fault } = integration;
  const { state, since } = stateOf(integration);
  return {
    id,
    name,
    state,
    since: since === null ? null : toIso(since),
    fault: fault && {
      type: fault.type,
      detail: fault.detail,
      remedy: PROBLEM_REMEDIES[fault.type],
    },
    foreignRows,
  };
}

/** What a person did says more than what follows from it. */
function stateOf({ active, removal, emergencyStop, fault, updatedAt }: Integration): {
  state: OverviewOut['integrations'][number]['state'];
  since: number | null;
} {
  if (!active) return { state: 'removed', since: removal?.at ?? updatedAt };
  if (emergencyStop) return { state: 'stopped', since: emergencyStop.since };
  return fault ? { state: 'fault', since: fault.since } : { state: 'ok', since: null };
}

function presentLatency({ buckets, ...all }: LatencyOverTime): OverviewOut['latency']['grant'] {
  return { ...all, buckets: buckets.map(({ from, ...rest }) => ({ from: toIso(from), ...rest })) };
}
