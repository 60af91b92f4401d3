import { setTimeout as sleep } from 'node:timers/promises';
import type { Showcase, ShowcaseApi } from './showcase';

/** Ids of what was made, for the addresses of pages. */
export interface Troubles {
  /** A connection whose API key was revoked in Kisi's dashboard. */
  faultyIntegrationId: string;
}

const MINUTE = 60_000;
const ANNEX_API_KEY = 'simulated-kisi-annex-api-key';
const ANNEX = { id: 'loc_lighthouse', name: 'Lighthouse Annex', timeZone: 'Europe/Lisbon' };
/** How long Latchkey may take to find all of it, in ms. */
const PATIENCE_MS = 60_000;

/**
 * Adds to a showcase what needs a person: a second organization whose key was revoked, so that access
 * there cannot be given, and access in the first that somebody gave in Kisi's dashboard.
 * @param kisi the control routes of the simulated Kisi
 */
export async function addTroubles(
  api: ShowcaseApi,
  kisi: ShowcaseApi,
  { integrationId, otherMemberId }: Showcase,
): Promise<Troubles> {
  await addForeignRows(api, kisi, integrationId);
  const faultyIntegrationId = await addFaultyConnection(api, kisi, otherMemberId);
  await until(api, ({ attention, startsNotInPlace, foreignRows }) =>
    [attention.count, startsNotInPlace.length, foreignRows.count].every((count) => count > 0),
  );
  return { faultyIntegrationId };
}

/** Of somebody whom no member stands for, and of a member: both may open a group's doors. */
async function addForeignRows(
  api: ShowcaseApi,
  kisi: ShowcaseApi,
  integrationId: string,
): Promise<void> {
  const path = `/v1/integrations/${integrationId}`;
  const { organization } = await api.ok<{ organization: { id: number } }>('GET', path);
  const { data } = await api.ok<{ data: { id: number }[] }>('GET', `${path}/resources?type=group`);
  for (const email of ['cleaning@example.com', 'alan.turing@example.com']) {
    const user = { kind: 'addUser', organizationId: organization.id, email };
    const { id } = await kisi.ok<{ id: number }>('POST', '/_sim/drift', user);
    const row = { kind: 'addRow', assigneeId: id, groupId: data[0]?.id };
    await kisi.ok('POST', '/_sim/drift', row);
  }
  await api.ok('POST', `${path}/foreign-rows/refresh`);
}

/** A grant at a door that was deleted in Kisi; then the key is revoked, and another grant begins soon. */
async function addFaultyConnection(
  api: ShowcaseApi,
  kisi: ShowcaseApi,
  memberId: string,
): Promise<string> {
  await kisi.ok('POST', '/_sim/seed', {
    organizations: [
      {
        name: ANNEX.name,
        domain: 'lighthouse-annex',
        owner: { email: 'owner@lighthouse-annex.test', apiKeys: [ANNEX_API_KEY] },
        places: [{ name: ANNEX.name, locks: [{ name: 'Lamp Room' }, { name: 'Boat House' }] }],
      },
    ],
  });
  await api.ok('PUT', `/v1/locations/${ANNEX.id}`, { name: ANNEX.name, timeZone: ANNEX.timeZone });
  const { id } = await api.ok<{ id: string }>('POST', '/v1/integrations', {
    provider: 'kisi',
    apiKey: ANNEX_API_KEY,
    locationIds: [ANNEX.id],
  });
  const locks = await api.ok<{ data: Lock[] }>('GET', `/v1/integrations/${id}/resources?type=lock`);
  const [lamp, boat] = await Promise.all(locks.data.map((lock) => mapLock(api, id, lock)));
  await kisi.ok('POST', '/_sim/drift', { kind: 'deleteLock', id: boat?.resourceId });
  await grantAt(api, memberId, boat, Date.now());
  await until(api, ({ attention }) => attention.count > 0);
  await kisi.ok('POST', '/_sim/drift', { kind: 'revokeKey', secret: ANNEX_API_KEY });
  await grantAt(api, memberId, lamp, Date.now() + 20 * MINUTE);
  return id;
}

interface Lock {
  id: number;
  name: string;
}

interface Mapping {
  id: string;
  resourceId: number;
}

function mapLock(api: ShowcaseApi, integrationId: string, { id, name }: Lock): Promise<Mapping> {
  const where = { integrationId, locationId: ANNEX.id, spaceId: null };
  const door = { resourceType: 'lock', resourceId: id, name };
  return api.ok('POST', '/v1/door-mappings', { ...where, ...door });
}

async function grantAt(
  api: ShowcaseApi,
  memberId: string,
  mapping: Mapping | undefined,
  startsAt: number,
): Promise<void> {
  await api.ok('POST', `/v1/members/${memberId}/grants`, {
    doorMappingId: mapping?.id,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(startsAt + 15 * MINUTE).toISOString(),
    reason: 'Photo shoot',
  });
}

interface SeenTroubles {
  attention: { count: number };
  startsNotInPlace: unknown[];
  foreignRows: { count: number };
}

async function until(api: ShowcaseApi, what: (seen: SeenTroubles) => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await api.ok<SeenTroubles>('GET', '/v1/overview');
    if (what(seen)) return;
    if (Date.now() > deadline) {
      const { attention, startsNotInPlace: starts, foreignRows } = seen;
      const counts = [attention.count, starts.length, foreignRows.count].join(', ');
      throw new Error(`Attention, near starts and foreign rows on the overview: ${counts}`);
    }
    await sleep(250);
  }
}
