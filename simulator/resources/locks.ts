import type { Answer } from '../http/answer';
import { notFound, ok } from '../http/answer';
import type { Call, Caller, Route } from '../http/call';
import { hasRight, instant, instantOrNull, ownRecord, ownRecords } from '../http/call';
import { byFlag, byFreeText, byNumber, listAnswer, pages50, sorted } from '../http/list';
import { covers, rowsThatLeadTo } from '../ledger';
import type { Lock } from '../state/records';
import type { View } from '../state/state';
import { placeGeoRef, present } from './references';

export const lockRoutes: Route[] = [
  { method: 'get', path: '/locks', auth: 'loginOrLink', run: listLocks },
  { method: 'get', path: '/locks/:id', auth: 'login', run: fetchLock },
];

function listLocks(call: Call<Caller>): Answer {
  const { listed, query } = call;
  let locks = visibleLocks(call);
  locks = byFreeText(call, locks, (lock) => [lock.name]);
  locks = byNumber(call, 'floor_id', locks, () => null);
  locks = byNumber(call, 'place_id', locks, (lock) => lock.placeId);
  locks = byFlag(call, 'configured', locks, (lock) => lock.configured);
  locks = byFlag(call, 'online', locks, (lock) => lock.online);
  locks = byFlag(call, 'unlocked', locks, () => false);
  locks = byFlag(call, 'locked_down', locks, (lock) => lock.lockedDownSince !== null);
  locks = sorted(call, locks, { name: (lock) => lock.name, favorite: () => 0 });
  if (query['favorite'] === 'true') locks = [];
  const favorite = query['favorite'] === undefined ? {} : { favorite: false };
  const show = (lock: Lock): object =>
    call.caller.kind === 'groupLink'
      ? presentToLink(listed, lock)
      : { ...presentLock(listed, lock), ...favorite };
  return listAnswer(call, locks, pages50, show);
}

/**
 * All locks for an account with the right to read them; else those that the member's rows (or the link's
 * group) lead to. Whether Kisi hides doors outside their window is unknown, so a switch decides.
 */
export function visibleLocks(call: Call<Caller>): Lock[] {
  const { caller, listed, now } = call;
  const locks = ownRecords(call, listed.locks);
  if (caller.kind === 'groupLink') {
    const held = listed.groupLocks.all().filter((item) => item.groupId === caller.link.groupId);
    return locks.filter((lock) => held.some((item) => item.lockId === lock.id));
  }
  if (hasRight(caller.user, 'locks_read')) return locks;
  const anyWindow = call.switches.memberLocks === 'anyWindow';
  return locks.filter((lock) =>
    rowsThatLeadTo(listed, caller.user, lock).some(({ row }) => anyWindow || covers(row, now)),
  );
}

function fetchLock(call: Call): Answer {
  const lock = ownRecord(call, call.view.locks);
  const isVisible = visibleLocks({ ...call, listed: call.view }).some(({ id }) => id === lock.id);
  // No 403 is documented for this operation, so what a member may not see is not found.
  if (!isVisible) throw notFound();
  const favorite = call.query['favorite'] === undefined ? {} : { favorite: false };
  return ok({ ...presentLock(call.view, lock), ...favorite });
}

function presentToLink(view: View, lock: Lock): object {
  return {
    id: lock.id,
    configured: lock.configured,
    description: lock.description,
    locked_down_since: instantOrNull(lock.lockedDownSince),
    locked_down: lock.lockedDownSince !== null,
    name: lock.name,
    online: lock.online,
    open: false,
    unlocked_until: null,
    unlocked: false,
    place_id: lock.placeId,
    place: placeGeoRef(present(view.places.get(lock.placeId))),
  };
}

function presentLock(view: View, lock: Lock): object {
  return {
    ...presentToLink(view, lock),
    resource_type: 'Lock',
    created_at: instant(lock.createdAt),
    updated_at: instant(lock.updatedAt),
    first_to_arrive_required_until: null,
    first_to_arrive_satisfied: false,
    latitude: null,
    longitude: null,
    on_scheduled_unlock: false,
    order_id: null,
    geofence_restriction_enabled: lock.geofenceRestrictionEnabled ?? false,
    geofence_restriction_radius: 300,
    reader_restriction_enabled: lock.readerRestrictionEnabled ?? false,
    time_restriction_enabled: false,
    time_restriction_time_zone: null,
    floor_id: null,
    groups_count: view.groupLocks.all().filter((item) => item.lockId === lock.id).length,
  };
}
