import { createDoorMapping } from '../../api/door-mappings/schema';
import { createIntegration } from '../../api/integrations/schema';
import { putLocation } from '../../api/locations/schema';
import { putMember } from '../../api/members/schema';
import { putSpace } from '../../api/spaces/schema';
import { KISI_KEY, type ApiUnderTest } from './api-under-test';

/** A space in a location, a connected organization, a mapped lock and two members, all over HTTP. */
export interface Building {
  integrationId: string;
  mappingId: string;
  lockId: number;
  groupId: number;
}

export async function furnish(api: ApiUnderTest): Promise<Building> {
  await furnishPlaces(api);
  const integration = await api.call(createIntegration, {
    body: { provider: 'kisi', apiKey: KISI_KEY, locationIds: ['loc_1'] },
  });
  const { locks, groups } = api.simulator.state();
  const [lock] = locks;
  const [group] = groups;
  if (lock === undefined || group === undefined) throw new Error('the seed has no lock or group');
  const integrationId = idOf(integration.body);
  const mapping = await api.call(createDoorMapping, {
    body: { integrationId, resourceType: 'lock', resourceId: lock.id, spaceId: 'spc_1' },
  });
  for (const id of ['mem_1', 'mem_2']) {
    await api.call(putMember, { params: { id }, body: { email: `${id}@example.com` } });
  }
  return { integrationId, mappingId: idOf(mapping.body), lockId: lock.id, groupId: group.id };
}

export async function furnishPlaces(api: ApiUnderTest): Promise<void> {
  for (const id of ['loc_1', 'loc_2']) {
    await api.call(putLocation, { params: { id }, body: { name: id, timeZone: 'Europe/Berlin' } });
  }
  const places = { spc_1: 'loc_1', spc_2: 'loc_2' };
  for (const [id, locationId] of Object.entries(places)) {
    await api.call(putSpace, { params: { id }, body: { name: id, locationId } });
  }
}

export function idOf(body: unknown): string {
  const { id } = body as { id?: unknown };
  if (typeof id !== 'string') throw new Error(`no id in ${JSON.stringify(body)}`);
  return id;
}
