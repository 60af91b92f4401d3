import { z } from 'zod';
import { StoryError, type JsonClient } from './json-client';

const LOCATION = { id: 'loc_demo', name: 'Simulated House', timeZone: 'Europe/Berlin' };

/** Whoever may use a space passes the doors on the way to it too. */
const SPACES = [
  { id: 'spc_demo_meeting', name: 'Meeting Room', doors: ['Front Door', 'Meeting Room'] },
  { id: 'spc_demo_studio', name: 'Studio', doors: ['Front Door', 'Studio'] },
];

const MEMBERS = [
  { id: 'mem_demo_grace', name: 'Grace', email: 'grace@example.com' },
  { id: 'mem_demo_alan', name: 'Alan', email: 'alan@example.com' },
  { id: 'mem_demo_edsger', name: 'Edsger', email: 'edsger@example.com' },
] as const;

/** Who is granted what in the story. */
export interface Demo {
  member: { id: string; name: string; email: string };
  door: { mappingId: string; lockId: number; name: string };
}

const anything = z.unknown();
const integration = z.object({ id: z.string(), locationIds: z.array(z.string()) });
const connection = z.object({ integrationId: z.string().nullable() });
const resources = z.object({ data: z.array(z.object({ id: z.number(), name: z.string() })) });
const mapping = z.object({
  id: z.string(),
  resourceType: z.enum(['lock', 'group']),
  resourceId: z.number(),
  spaceId: z.string().nullable(),
  locationId: z.string().nullable(),
});
const mappings = z.object({ data: z.array(mapping) });
type Mapping = z.output<typeof mapping>;

/**
 * Makes the demo's integration, location, spaces, members and door mappings, as far as they are not
 * there already: a second start finds those of the first.
 */
export async function seedDemo(api: JsonClient, kisiApiKey: string): Promise<Demo> {
  await api.call(`/v1/locations/${LOCATION.id}`, anything, {
    method: 'PUT',
    body: { name: LOCATION.name, timeZone: LOCATION.timeZone },
  });
  for (const { id, name } of SPACES) {
    const body = { name, locationId: LOCATION.id };
    await api.call(`/v1/spaces/${id}`, anything, { method: 'PUT', body });
  }
  for (const { id, ...body } of MEMBERS) {
    await api.call(`/v1/members/${id}`, anything, { method: 'PUT', body });
  }
  const integrationId = await connect(api, kisiApiKey);
  const door = await mapDoors(api, integrationId);
  return { member: MEMBERS[0], door };
}

async function connect(api: JsonClient, apiKey: string): Promise<string> {
  const known = await api.call('/v1/integrations/test', connection, {
    method: 'POST',
    body: { apiKey },
  });
  if (known.integrationId === null) {
    const body = { provider: 'kisi', apiKey, locationIds: [LOCATION.id] };
    return (await api.call('/v1/integrations', integration, { method: 'POST', body })).id;
  }
  const path = `/v1/integrations/${known.integrationId}`;
  const { locationIds } = await api.call(path, integration);
  if (!locationIds.includes(LOCATION.id)) {
    // Somebody replaced the list since; theirs stay.
    const body = { locationIds: [...locationIds, LOCATION.id] };
    await api.call(path, integration, { method: 'PATCH', body });
  }
  return known.integrationId;
}

async function mapDoors(api: JsonClient, integrationId: string): Promise<Demo['door']> {
  const kisi = `/v1/integrations/${integrationId}/resources`;
  const locks = (await api.call(`${kisi}?type=lock`, resources)).data;
  const groups = (await api.call(`${kisi}?type=group`, resources)).data;
  const path = `/v1/door-mappings?integrationId=${integrationId}&limit=200`;
  const existing = (await api.call(path, mappings)).data;
  const ensure = async (wanted: Omit<Mapping, 'id'>): Promise<Mapping> => {
    const found = existing.find((one) => isSame(one, wanted));
    if (found !== undefined) return found;
    const { spaceId, locationId, ...resource } = wanted;
    const place = wanted.resourceType === 'lock' ? { spaceId } : { locationId };
    const body = { integrationId, ...resource, ...place };
    return api.call('/v1/door-mappings', mapping, { method: 'POST', body });
  };

  const group = find(groups, 'Common Areas');
  await ensure({
    resourceType: 'group',
    resourceId: group.id,
    spaceId: null,
    locationId: LOCATION.id,
  });
  let door: Demo['door'] | undefined;
  for (const space of SPACES) {
    for (const name of space.doors) {
      const lock = find(locks, name);
      const { id } = await ensure({
        resourceType: 'lock',
        resourceId: lock.id,
        spaceId: space.id,
        locationId: LOCATION.id,
      });
      if (name === space.name) door ??= { mappingId: id, lockId: lock.id, name };
    }
  }
  if (door === undefined) throw new StoryError('no space of the demo has a door of its own');
  return door;
}

function isSame(one: Mapping, wanted: Omit<Mapping, 'id'>): boolean {
  return (
    one.resourceType === wanted.resourceType &&
    one.resourceId === wanted.resourceId &&
    one.spaceId === wanted.spaceId
  );
}

function find<T extends { name: string }>(list: readonly T[], name: string): T {
  const found = list.find((one) => one.name === name);
  if (found === undefined) throw new StoryError(`the simulated Kisi has nothing named ${name}`);
  return found;
}
