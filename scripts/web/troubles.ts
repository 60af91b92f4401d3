import { setTimeout as sleep } from 'node:timers/promises';
import type { Showcase, ShowcaseApi } from './showcase';

/** Ids of what was made, for the addresses of pages. */
export interface Troubles {
  /** A connection whose API key was revoked in Kisi's dashboard. */
  faultyIntegrationId: string;
}

const MINUTE = 60_000;
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
  { integrationId, memberId }: Showcase,
): Promise<Troubles> {
  await addForeignRows(api, kisi, integrationId);
  const faultyIntegrationId = await addFaultyConnection(api, kisi, memberId);
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

/** One grant that should be in place by now, and one that begins soon. */
async function addFaultyConnection(
  api: ShowcaseApi,
  kisi: ShowcaseApi,
  memberId: string,
): Promise<string> {
  const apiKey = 'simulated-kisi-annex-api-key';
  await kisi.ok('POST', '/_sim/seed', {
    organizations: [
      {
        name: ANNEX.name,
        domain: 'lighthouse-annex',
        owner: { email: 'owner@lighthouse-annex.test', apiKeys: [apiKey] },
        places: [{ name: ANNEX.name, locks: [{ name: 'Lamp Room' }] }],
      },
    ],
  });
  await api.ok('PUT', `/v1/locations/${ANNEX.id}`, { name: ANNEX.name, timeZone: ANNEX.timeZone });
  const { id } = await api.ok<{ id: string }>('POST', '/v1/integrations', {
    provider: 'kisi',
    apiKey,
    locationIds: [ANNEX.id],
  });
  const { data } = await api.ok<{ data: { id: number }[] }>(
    'GET',
    `/v1/integrations/${id}/resources?type=lock`,
  );
  const mapping = await api.ok<{ id: string }>('POST', '/v1/door-mappings', {
    integrationId: id,
    locationId: ANNEX.id,
    resourceType: 'lock',
    resourceId: data[0]?.id,
    spaceId: null,
    name: 'Lamp Room',
  });
  await kisi.ok('POST', '/_sim/drift', { kind: 'revokeKey', secret: apiKey });
  for (const startsAt of [Date.now(), Date.now() + 20 * MINUTE]) {
    await api.ok('POST', `/v1/members/${memberId}/grants`, {
      doorMappingId: mapping.id,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + 15 * MINUTE).toISOString(),
      reason: 'Photo shoot',
    });
  }
  return id;
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
      throw new Error(`The overview does not show all troubles: ${JSON.stringify(seen)}`);
    }
    await sleep(250);
  }
}
