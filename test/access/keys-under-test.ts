import { randomUUID } from 'node:crypto';
import type { Grant } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';
import type { DoorMapping, Member } from '../../src/store';
import { BY, HOUR, type AccessUnderTest } from './access-under-test';

/** Ties a lock or group of the simulator to nothing but a name, unless said otherwise. */
export function aMapping(
  { store, integration }: AccessUnderTest,
  target: { lock: number } | { group: number },
  change: Partial<DoorMapping> = {},
): Promise<DoorMapping> {
  return store.doorMappings.insert({
    id: `dm_${randomUUID()}`,
    integrationId: integration.id,
    organizationId: integration.organizationId,
    locationId: null,
    spaceId: null,
    resourceType: 'lock' in target ? 'lock' : 'group',
    resourceId: 'lock' in target ? target.lock : target.group,
    name: 'Mapped Door',
    active: true,
    createdBy: BY,
    ...change,
  });
}

/** A grant in the read model, in place from now for an hour unless said otherwise. */
export async function aStoredGrant(
  { store, now }: AccessUnderTest,
  { id: memberId }: Member,
  { id: doorMappingId }: DoorMapping,
  change: Partial<Grant> = {},
): Promise<Grant> {
  const startsAt = now();
  const accepted = acceptedGrant(
    {
      id: `grt_${randomUUID()}`,
      memberId,
      doorMappingId,
      source: 'manual',
      sourceId: null,
      startsAt,
      endsAt: startsAt + HOUR,
      reason: null,
    },
    startsAt,
    BY,
  );
  const grant: Grant = { ...accepted, provisioning: 'in_place', settled: true, ...change };
  await store.grants.insertAccepted(grant);
  return grant;
}

/** The seeded group as it was last seen, with nothing that keeps anybody from unlocking. */
export async function storeSeenGroup({
  store,
  integration,
  group: { id: groupId, lockId },
  now,
}: AccessUnderTest): Promise<void> {
  const seen = {
    groupId,
    name: 'Common Areas',
    lockIds: [lockId],
    loginEnabled: true,
    geofenceRestrictionEnabled: false,
    primaryDeviceRestrictionEnabled: false,
    managedDeviceRestrictionEnabled: false,
    readerRestrictionEnabled: false,
    timeRestrictionEnabled: false,
    tapToAccessRestrictionEnabled: false,
  };
  await store.kisiDoors.putGroups(integration.organizationId, [seen], now());
}
