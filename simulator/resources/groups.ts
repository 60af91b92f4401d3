import { z } from 'zod';
import type { Answer } from '../http/answer';
import { badRequest, noContent, ok, unprocessable } from '../http/answer';
import type { Call, Route } from '../http/call';
import { bodyOf, instant, ownRecord, ownRecords, requireRight } from '../http/call';
import { byFreeText, byNumber, listAnswer, pages10, sorted, wholeNumber } from '../http/list';
import { newGroup } from '../state/defaults';
import type { GroupSettings } from '../state/defaults';
import type { Group } from '../state/records';
import type { View } from '../state/state';
import { placeRef, present } from './references';

const flag = z.boolean();

const fields = {
  name: z.string().min(1, "can't be blank"),
  description: z.string().nullable(),
  login_enabled: flag,
  time_restriction_time_zone: z.string().nullable(),
  geofence_restriction_enabled: flag,
  primary_device_restriction_enabled: flag,
  managed_device_restriction_enabled: flag,
  reader_restriction_enabled: flag,
  time_restriction_enabled: flag,
  tap_to_access_restriction_enabled: flag,
};

const updateBody = z.object(fields).partial();
const createBody = updateBody.extend({ name: fields.name, place_id: z.int().nullish() });

export const groupRoutes: Route[] = [
  { method: 'get', path: '/groups', auth: 'login', run: listGroups },
  { method: 'post', path: '/groups', auth: 'login', run: createGroup },
  { method: 'get', path: '/groups/:id', auth: 'login', run: fetchGroup },
  { method: 'patch', path: '/groups/:id', auth: 'login', run: updateGroup },
  { method: 'delete', path: '/groups/:id', auth: 'login', run: deleteGroup },
];

function listGroups(call: Call): Answer {
  requireRight(call, 'groups_read');
  const { listed, query } = call;
  let groups = ownRecords(call, listed.groups);
  const scope = query['scope'];
  if (scope !== undefined) {
    if (scope !== 'organization' && scope !== 'place') {
      throw badRequest('scope must be organization or place');
    }
    groups = groups.filter((group) => (group.placeId === null) === (scope === 'organization'));
  }
  groups = byNumber(call, 'place_id', groups, (group) => group.placeId);
  groups = byNumber(call, 'elevator_stop_id', groups, () => null);
  const lockId = wholeNumber(call, 'lock_id');
  if (lockId !== undefined) {
    groups = groups.filter((group) => locksOf(listed, group).includes(lockId));
  }
  groups = byFreeText(call, groups, (group) => [group.name]);
  groups = sorted(call, groups, { name: (group) => group.name });
  return listAnswer(call, groups, pages10, (group) => presentGroup(listed, group));
}

function locksOf(view: View, group: Group): number[] {
  return view.groupLocks.all().flatMap((held) => (held.groupId === group.id ? held.lockId : []));
}

function createGroup(call: Call): Answer {
  requireRight(call, 'groups_write');
  const body = bodyOf(call, 'group', createBody);
  const placeId = body.place_id ?? null;
  if (placeId !== null && !ownRecords(call, call.view.places).some((p) => p.id === placeId)) {
    throw unprocessable({ place_id: ['does not exist'] });
  }
  const group = call.state.tables.groups.insert(
    {
      ...changed(newGroup, body),
      organizationId: call.caller.organization.id,
      name: body.name,
      placeId,
    },
    call.now,
  );
  recordChange(call, group, 'create');
  return ok(presentGroup(call.view, group));
}

function changed(group: GroupSettings, body: z.output<typeof updateBody>): GroupSettings {
  const { time_restriction_time_zone: zone = group.timeRestrictionTimeZone } = body;
  return {
    description: body.description === undefined ? group.description : body.description,
    loginEnabled: body.login_enabled ?? group.loginEnabled,
    timeRestrictionTimeZone: zone,
    geofenceRestrictionEnabled:
      body.geofence_restriction_enabled ?? group.geofenceRestrictionEnabled,
    primaryDeviceRestrictionEnabled:
      body.primary_device_restriction_enabled ?? group.primaryDeviceRestrictionEnabled,
    managedDeviceRestrictionEnabled:
      body.managed_device_restriction_enabled ?? group.managedDeviceRestrictionEnabled,
    readerRestrictionEnabled: body.reader_restriction_enabled ?? group.readerRestrictionEnabled,
    timeRestrictionEnabled: body.time_restriction_enabled ?? group.timeRestrictionEnabled,
    tapToAccessRestrictionEnabled:
      body.tap_to_access_restriction_enabled ?? group.tapToAccessRestrictionEnabled,
  };
}

function fetchGroup(call: Call): Answer {
  requireRight(call, 'groups_read');
  return ok(presentGroup(call.view, ownRecord(call, call.view.groups)));
}

function updateGroup(call: Call): Answer {
  requireRight(call, 'groups_write');
  const group = ownRecord(call, call.view.groups);
  const body = bodyOf(call, 'group', updateBody);
  const fieldsAfter = { ...changed(group, body), name: body.name ?? group.name };
  recordChange(call, call.state.tables.groups.update(group.id, fieldsAfter, call.now), 'update');
  return noContent;
}

function deleteGroup(call: Call): Answer {
  requireRight(call, 'groups_write');
  const group = ownRecord(call, call.view.groups);
  call.state.removeGroup(group.id, call.now);
  recordChange(call, group, 'destroy');
  return noContent;
}

function recordChange(call: Call, group: Group, change: 'create' | 'update' | 'destroy'): void {
  call.state.recordEvent(
    {
      organizationId: group.organizationId,
      type: `group.${change}`,
      actorId: call.caller.user.id,
      objectType: 'Group',
      objectId: group.id,
    },
    call.now,
  );
}

function presentGroup(view: View, group: Group): object {
  const users = new Set(
    view.roleAssignments.all().flatMap((row) => {
      const isHere = row.appliesToType === 'Group' && row.appliesToId === group.id;
      return isHere && row.assigneeType === 'User' ? row.assigneeId : [];
    }),
  );
  return {
    id: group.id,
    resource_type: 'Group',
    name: group.name,
    description: group.description,
    created_at: instant(group.createdAt),
    updated_at: instant(group.updatedAt),
    geofence_restriction_enabled: group.geofenceRestrictionEnabled,
    // Metres; Kisi's default (old help article 360022098113).
    geofence_restriction_radius: 300,
    primary_device_restriction_enabled: group.primaryDeviceRestrictionEnabled,
    managed_device_restriction_enabled: group.managedDeviceRestrictionEnabled,
    reader_restriction_enabled: group.readerRestrictionEnabled,
    time_restriction_enabled: group.timeRestrictionEnabled,
    tap_to_access_restriction_enabled: group.tapToAccessRestrictionEnabled,
    login_enabled: group.loginEnabled,
    users_count: users.size,
    locks_count: locksOf(view, group).length,
    elevator_stops_count: 0,
    place_id: group.placeId,
    ...(group.placeId === null ? {} : { place: placeRef(present(view.places.get(group.placeId))) }),
    time_restriction_time_zone: group.timeRestrictionTimeZone,
    members_count: users.size,
  };
}
