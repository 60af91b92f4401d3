import {
  firstHour,
  HOUR_MS,
  latencyOf,
  type LatencyKind,
  type LatencyOverTime,
} from '../domain/latency';
import { isMissing } from '../domain/missing-start';
import type { Grant } from '../domain/grant';
import {
  eachItem,
  type DoorMapping,
  type ForeignRowFilter,
  type Integration,
  type Store,
} from '../store';
import { viewForeignRow, type ForeignRowDeps, type ForeignRowView } from './foreign-row-view';
import { nameGrants, type NamedGrant } from './named-grants';
import { doorsAt, groupsOf } from './visible-doors';

/** What an admin looks at first: what needs a person, and whether doors follow in time. */
export interface Overview {
  /** Ms since the epoch, UTC. */
  at: number;
  /** All that need a person; the newest of them by name. */
  attention: { count: number; grants: NamedGrant[] };
  integrations: IntegrationGlance[];
  /** In order of start. */
  startsNotInPlace: NamedGrant[];
  foreignRows: { count: number; rows: (ForeignRowView & { integrationId: string })[] };
  latency: {
    windowHours: number;
    /** Since when the figures are whole; ms since the epoch, UTC. */
    from: number;
  } & Record<LatencyKind, LatencyOverTime>;
}

export interface IntegrationGlance {
  integration: Integration;
  foreignRows: number;
}

/** What is shown by name; the rest is a number, or a list of its own. */
const GRANTS_SHOWN = 20;
const ROWS_SHOWN = 20;
const STARTS_SHOWN = 100;
const START_LEAD_MS = HOUR_MS;
const WINDOW_HOURS = 24;
/** A day of changes of a very large house, read in well under a second. */
const MOST_SETTLEMENTS = 50_000;

/** What the caller may see; `null`: all of it. */
interface Sight {
  locationIds: readonly string[];
  doors: DoorMapping[];
  doorMappingIds: string[];
}

/**
 * Reads the whole overview from what is stored; nothing at Kisi is asked.
 *
 * @param locationIds all that the caller may see; `null`: every location
 */
export async function readOverview(
  deps: ForeignRowDeps,
  locationIds: readonly string[] | null,
): Promise<Overview> {
  const { store, clock } = deps;
  const now = clock.now();
  const sight = locationIds && (await sightOf(store, locationIds));
  const [attention, integrations, startsNotInPlace, latency] = await Promise.all([
    readAttention(store, sight, now),
    glanceAtIntegrations(store, sight),
    readMissingStarts(store, sight, now),
    readLatency(store, sight, now),
  ]);
  const foreignRows = await readForeignRows(deps, sight, integrations);
  return { at: now, attention, integrations, startsNotInPlace, foreignRows, latency };
}

async function sightOf(store: Store, locationIds: readonly string[]): Promise<Sight> {
  const doors = await doorsAt(store, locationIds);
  return { locationIds, doors, doorMappingIds: doors.map(({ id }) => id) };
}

function doorsIn(sight: Sight | null): { doorMappingIds?: readonly string[] } {
  return sight ? { doorMappingIds: sight.doorMappingIds } : {};
}

async function readAttention(
  store: Store,
  sight: Sight | null,
  now: number,
): Promise<Overview['attention']> {
  const filter = { provisioning: 'attention', ...doorsIn(sight) } as const;
  const [count, { data }] = await Promise.all([
    store.grants.count(filter, now),
    store.grants.list(filter, { limit: GRANTS_SHOWN }, now),
  ]);
  return { count, grants: await nameGrants(store, data) };
}

async function glanceAtIntegrations(
  store: Store,
  sight: Sight | null,
): Promise<IntegrationGlance[]> {
  const glances: IntegrationGlance[] = [];
  for await (const integration of eachItem((page) => store.integrations.list(page))) {
    const isSeen = integration.locationIds.some((id) => sight?.locationIds.includes(id));
    if (sight && !isSeen) continue;
    const { active, organizationId } = integration;
    const seen = await rowsSeen(store, sight, organizationId);
    const foreignRows = active ? await store.foreignRows.count(organizationId, seen) : 0;
    glances.push({ integration, foreignRows });
  }
  return glances;
}

async function rowsSeen(
  store: Store,
  sight: Sight | null,
  organizationId: number,
): Promise<ForeignRowFilter> {
  return sight ? { groupIds: await groupsOf(store, organizationId, sight.doors) } : {};
}

async function readMissingStarts(
  store: Store,
  sight: Sight | null,
  now: number,
): Promise<NamedGrant[]> {
  const missing: Grant[] = [];
  const filter = { startsBy: now + START_LEAD_MS, ...doorsIn(sight) };
  for await (const grant of eachItem((page) => store.grants.notInPlace(filter, now, page))) {
    if (isMissing(grant, now)) missing.push(grant);
    if (missing.length === STARTS_SHOWN) break;
  }
  const named = await nameGrants(store, missing);
  return named.filter(({ isDoorInactive }) => !isDoorInactive);
}

async function readForeignRows(
  deps: ForeignRowDeps,
  sight: Sight | null,
  integrations: readonly IntegrationGlance[],
): Promise<Overview['foreignRows']> {
  const rows: Overview['foreignRows']['rows'] = [];
  for (const { integration, foreignRows } of integrations) {
    const limit = ROWS_SHOWN - rows.length;
    if (foreignRows === 0 || limit === 0) continue;
    const { id: integrationId, organizationId } = integration;
    const seen = await rowsSeen(deps.store, sight, organizationId);
    const { data } = await deps.store.foreignRows.list(organizationId, seen, { limit });
    const views = await Promise.all(data.map((row) => viewForeignRow(deps, row)));
    rows.push(...views.map((view) => ({ ...view, integrationId })));
  }
  const count = integrations.reduce((sum, { foreignRows }) => sum + foreignRows, 0);
  return { count, rows };
}

async function readLatency(
  { settlements }: Store,
  sight: Sight | null,
  now: number,
): Promise<Overview['latency']> {
  const begin = firstHour(now, WINDOW_HOURS);
  const all = await settlements.since(begin, MOST_SETTLEMENTS);
  const oldest = all.at(-1);
  // The hour in which the reading stopped is not whole.
  const isCut = all.length === MOST_SETTLEMENTS && oldest !== undefined;
  const from = isCut ? firstHour(oldest.at, 1) + HOUR_MS : begin;
  const doors = sight && new Set<string | null>(sight.doorMappingIds);
  const seen = doors ? all.filter(({ doorMappingId }) => doors.has(doorMappingId)) : all;
  const of = (kind: LatencyKind): LatencyOverTime =>
    latencyOf(
      seen.filter((settlement) => settlement.kind === kind),
      from,
      now + 1,
    );
  return {
    windowHours: WINDOW_HOURS,
    from,
    grant: of('grant'),
    ahead: of('ahead'),
    revoke: of('revoke'),
    end: of('end'),
  };
}
