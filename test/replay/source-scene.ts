import { randomUUID } from 'node:crypto';
import { workflowIds } from '../../src/contracts/names';
import type { SourceRef } from '../../src/domain/source';
import { standsAsAsked } from '../../src/domain/source-asked';
import type { DoorMapping, Member, SourceRecord } from '../../src/store';
import { eventually } from '../support/eventually';
import type { Stack } from '../support/stack';
import { secondsFromNow } from '../workflows/support';

export type Message = { version: number } & Record<string, unknown>;

const iso = (ms: number): string => new Date(ms).toISOString();

/** A location of a path's own, with a room behind a lock and a front door behind the group. */
export interface House {
  locationId: string;
  spaceId: string;
  lock: DoorMapping;
  group: DoorMapping;
}

export async function newHouse(stack: Stack): Promise<House> {
  const id = randomUUID().slice(0, 8);
  const [locationId, spaceId] = [`loc_${id}`, `spc_${id}`];
  const place = { id: locationId, name: 'House', timeZone: 'Europe/Berlin' };
  await stack.store.locations.upsert(place);
  const lock = await newRoom(stack, locationId, spaceId, outsideLock(stack));
  const group = await stack.groupMapping();
  await stack.store.doorMappings.update(group.id, { locationId });
  return { locationId, spaceId, lock, group };
}

/** A lock that the group does not open. */
function outsideLock({ locks, group }: Stack): number {
  return locks.find((id) => !group.lockIds.includes(id)) ?? 0;
}

export async function newRoom(
  stack: Stack,
  locationId: string,
  spaceId: string,
  lockId: number,
): Promise<DoorMapping> {
  await stack.store.spaces.upsert({ id: spaceId, name: 'Room', locationId });
  const lock = await stack.lockMapping(lockId);
  await stack.store.doorMappings.update(lock.id, { locationId, spaceId });
  return lock;
}

export function booking(member: Member, { spaceId }: House, change: object = {}): Message {
  const dates = { startsAt: iso(secondsFromNow(-60)), endsAt: iso(secondsFromNow(3_600)) };
  const given = { memberIds: [member.id], spaceId, status: 'confirmed' };
  return { version: 1, ...dates, ...given, ...change };
}

export function membership(
  member: Member,
  planId: string,
  { locationId }: House,
  change: object = {},
): Message {
  const dates = { startsAt: iso(secondsFromNow(-60)), endsAt: null };
  const given = { memberIds: [member.id], planId, locationId, status: 'active' };
  return { version: 1, ...dates, ...given, ...change };
}

/** Sends it, and waits until its run is over and its grants stand as asked. */
export async function send(stack: Stack, source: SourceRef, message: unknown): Promise<void> {
  await stack.deps.messages.changeSource(source, message as object);
  await rest(stack, source);
}

/** Waits until the run is over and its grants stand as asked; answers what is stored. */
export async function rest(stack: Stack, source: SourceRef): Promise<SourceRecord<unknown>> {
  await stack.client.workflow.getHandle(workflowIds.source(source)).result();
  const kept = source.kind === 'booking' ? stack.store.bookings : stack.store.memberships;
  const record = await kept.get(source.id);
  if (!record) throw new Error(`${source.kind} ${source.id} was not stored`);
  for (const asked of record.asked) {
    await eventually(
      () => stack.store.grants.get(asked.grantId),
      (grant) => standsAsAsked(asked, grant, Date.now()),
    );
  }
  return record;
}

export async function grantOf(stack: Stack, source: SourceRef, door: DoorMapping): Promise<string> {
  const record = await rest(stack, source);
  const asked = record.asked.find(({ doorMappingId }) => doorMappingId === door.id);
  if (!asked) throw new Error(`${source.id} never asked for ${door.id}`);
  return asked.grantId;
}

/** The group with its locks, as last seen at Kisi. */
export async function seeGroup({ store, group, integration }: Stack): Promise<void> {
  const seen = {
    groupId: group.id,
    lockIds: group.lockIds,
    name: 'Common areas',
    loginEnabled: true,
    geofenceRestrictionEnabled: false,
    primaryDeviceRestrictionEnabled: false,
    managedDeviceRestrictionEnabled: false,
    readerRestrictionEnabled: false,
    timeRestrictionEnabled: false,
    tapToAccessRestrictionEnabled: false,
  };
  await store.kisiDoors.putGroups(integration.organizationId, [seen], Date.now());
}
