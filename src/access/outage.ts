import type { Clock } from '../clock';
import { DOOR_ACTIONS, type Problem } from '../domain/grant';
import { missedIn, type MissedChange } from '../domain/outage';
import { eachItem, type Integration, type Page, type PageRequest, type Store } from '../store';
import { nameGrants, type NamedGrant } from './named-grants';

/** The trouble of an integration that goes on, or the last that is over. Instants in ms, UTC. */
export interface OutageOfIntegration extends Problem {
  from: number;
  /** `null`: it goes on. */
  until: number | null;
}

/** A grant whose start or end fell into an outage, as it is now. */
export type AffectedGrant = MissedChange & NamedGrant;

/** Far more rows than a grant writes in an outage. */
const MOST_ROWS = 200;
const MAPPINGS_A_PAGE = 200;

/** The trouble that goes on, else the last one; `null`: there was none. */
export function outageOf({ fault, lastFault }: Integration): OutageOfIntegration | null {
  if (fault) {
    return { type: fault.type, detail: fault.detail, from: fault.since, until: null };
  }
  if (!lastFault) return null;
  const { type, detail, since, healedAt } = lastFault;
  return { type, detail, from: since, until: healedAt };
}

/**
 * One page of the grants whose start or end fell into the outage and did not reach Kisi in it, in
 * order of start. A page may hold fewer than asked for.
 */
export async function affectedBy(
  { store, clock }: { store: Store; clock: Clock },
  integration: Integration,
  { from, until }: OutageOfIntegration,
  page: PageRequest,
): Promise<Page<AffectedGrant>> {
  const outage = { from, until: until ?? clock.now() };
  const { data, nextCursor } = await store.grants.touchedBetween(
    await mappingIdsOf(store, integration.id),
    outage,
    page,
  );
  const judged = await Promise.all(
    data.map(async (grant) => {
      const filter = { grantId: grant.id, to: outage.until };
      const rows = await store.accessLog.list(filter, { limit: MOST_ROWS });
      return missedIn(
        outage,
        rows.data.filter(({ action }) => !DOOR_ACTIONS.includes(action)),
      );
    }),
  );
  const named = await nameGrants(store, data);
  const affected = named.flatMap((one, index) => {
    const missed = judged[index];
    return missed ? [{ ...missed, ...one }] : [];
  });
  return { data: affected, nextCursor };
}

async function mappingIdsOf(store: Store, integrationId: string): Promise<string[]> {
  const ids: string[] = [];
  const all = eachItem((page) => store.doorMappings.list({ integrationId }, page), MAPPINGS_A_PAGE);
  for await (const { id } of all) ids.push(id);
  return ids;
}
