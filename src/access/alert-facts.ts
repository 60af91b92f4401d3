import { badKeySaid, kisiDownSaid, removalsHeldSaid, startAtRiskSaid } from '../domain/alert-words';
import { alertKeys, type AlertFact } from '../domain/alerts';
import type { Grant } from '../domain/grant';
import { isMissing } from '../domain/missing-start';
import { eachItem, type Integration, type ReconcileRun, type Store } from '../store';
import type { AlertPlaces } from './alert-places';

/** A change has this long to reach Kisi before its start is worried about: idle it takes a second. */
const SETTLES_WITHIN_MS = 60_000;
/** A person's word about removals is waited upon for so long; the reconciliation takes it no later. */
const WORD_HOLDS_MS = 2 * 3_600_000;
/** All that is wrong now and that people are alerted of. `startLeadMs`: how near a start is near. */
export async function readAlertFacts(
  store: Store,
  places: AlertPlaces,
  now: number,
  startLeadMs: number,
): Promise<AlertFact[]> {
  const active = await store.integrations.active();
  const [held, atRisk] = await Promise.all([
    Promise.all(active.map((integration) => heldRemovals(store, places, integration, now))),
    startsAtRisk(store, places, now, startLeadMs),
  ]);
  const faults = await Promise.all(active.map((integration) => faultOf(places, integration)));
  return [...faults.flat(), ...held.flat(), ...atRisk];
}

async function faultOf(
  places: AlertPlaces,
  { id: integrationId, fault }: Integration,
): Promise<AlertFact[]> {
  if (!fault) return [];
  const place = await places.ofIntegration(integrationId);
  const { type, since } = fault;
  const isKey = type === 'kisi_key_refused' || type === 'kisi_rights_missing';
  const kind = isKey ? 'bad_key' : 'kisi_down';
  const said = isKey
    ? badKeySaid(integrationId, type, since, place)
    : kisiDownSaid(integrationId, since, place);
  const key = alertKeys.integration(integrationId, kind);
  return [{ key, kind, integrationId, grantId: null, since, ...said }];
}

/** The guard of the reconciliation, while nobody has given their word. */
async function heldRemovals(
  store: Store,
  places: AlertPlaces,
  { id: integrationId, organizationId, removalApproval }: Integration,
  now: number,
): Promise<AlertFact[]> {
  const run = await latestThatCompared(store, organizationId);
  if (!run?.refused) return [];
  const at = run.finishedAt ?? run.startedAt;
  const isAllowed =
    removalApproval?.runId === null &&
    removalApproval.at >= run.startedAt &&
    now - removalApproval.at < WORD_HOLDS_MS;
  if (isAllowed) return [];
  const place = await places.ofIntegration(integrationId);
  const { plannedRemovals: removals, openDoors } = run;
  const key = alertKeys.integration(integrationId, 'removals_held');
  const said = removalsHeldSaid(integrationId, { at, removals, openDoors }, place);
  return [{ key, kind: 'removals_held', integrationId, grantId: null, since: at, ...said }];
}

/** A run that compared nothing says nothing. */
async function latestThatCompared(
  { reconcileRuns }: Store,
  organizationId: number,
): Promise<ReconcileRun | null> {
  const latest = await reconcileRuns.latest(organizationId);
  if (latest?.skipped == null) return latest;
  for await (const run of eachItem((page) => reconcileRuns.list(organizationId, page), 10)) {
    if (run.skipped === null) return run;
  }
  return null;
}

/** Starts that are near or past, of access that somebody should have and that is not in place. */
async function startsAtRisk(
  store: Store,
  places: AlertPlaces,
  now: number,
  startLeadMs: number,
): Promise<AlertFact[]> {
  const late: Grant[] = [];
  const near = eachItem((page) =>
    store.grants.notInPlace({ startsBy: now + startLeadMs }, now, page),
  );
  for await (const grant of near) {
    if (isMissing(grant, now) && now - grant.changedAt >= SETTLES_WITHIN_MS) late.push(grant);
  }
  const facts = await Promise.all(
    late.map(async (grant): Promise<AlertFact[]> => {
      const { doorName, integration, place } = await places.ofDoor(grant.doorMappingId);
      if (integration && !integration.active) return [];
      return [
        {
          key: alertKeys.start(grant.id, grant.startsAt),
          kind: 'start_at_risk',
          integrationId: integration?.id ?? null,
          grantId: grant.id,
          since: grant.changedAt,
          ...startAtRiskSaid(grant, doorName, place, now),
        },
      ];
    }),
  );
  return facts.flat();
}
