import { z } from 'zod';
import type { Answer } from '../http/answer';
import { badRequest, noContent, ok, unprocessable } from '../http/answer';
import type { Call, Route } from '../http/call';
import { bodyOf, instant, ownRecord, ownRecords, requireRight } from '../http/call';
import { byFreeText, byNumber, listAnswer, pages10, wholeNumber } from '../http/list';
import type { GroupLock } from '../state/records';
import type { View } from '../state/state';
import { groupRef, placeRef, present } from './references';

const createBody = z.object({ group_id: z.int(), lock_id: z.int() });

export const groupLockRoutes: Route[] = [
  { method: 'get', path: '/group_locks', auth: 'login', run: listGroupLocks },
  { method: 'post', path: '/group_locks', auth: 'login', run: createGroupLock },
  { method: 'get', path: '/group_locks/:id', auth: 'login', run: fetchGroupLock },
  { method: 'delete', path: '/group_locks/:id', auth: 'login', run: deleteGroupLock },
];

function listGroupLocks(call: Call): Answer {
  requireRight(call, 'group_locks_read');
  const { listed } = call;
  const groupId = wholeNumber(call, 'group_id');
  if (groupId === undefined) throw badRequest('param is missing or the value is empty: group_id');
  const group = ownRecord(call, listed.groups, groupId);
  let held = ownRecords(call, listed.groupLocks).filter((item) => item.groupId === group.id);
  held = byNumber(call, 'lock_id', held, (item) => item.lockId);
  held = byFreeText(call, held, (item) => [listed.locks.get(item.lockId)?.name ?? null]);
  return listAnswer(call, held, pages10, (item) => presentGroupLock(listed, item));
}

function createGroupLock(call: Call): Answer {
  requireRight(call, 'group_locks_write');
  const body = bodyOf(call, 'group_lock', createBody);
  const { view, state, caller, now } = call;
  // No 404 is documented for this operation, so what is missing is a validation fault.
  if (!ownRecords(call, view.groups).some((group) => group.id === body.group_id)) {
    throw unprocessable({ group: ['must exist'] });
  }
  if (!ownRecords(call, view.locks).some((lock) => lock.id === body.lock_id)) {
    throw unprocessable({ lock: ['must exist'] });
  }
  const isHeld = view.groupLocks
    .all()
    .some((item) => item.groupId === body.group_id && item.lockId === body.lock_id);
  if (isHeld) throw unprocessable({ lock_id: ['has already been taken'] });
  const created = state.tables.groupLocks.insert(
    { organizationId: caller.organization.id, groupId: body.group_id, lockId: body.lock_id },
    now,
  );
  recordChange(call, created, 'create');
  return ok(presentGroupLock(view, created));
}

function fetchGroupLock(call: Call): Answer {
  requireRight(call, 'group_locks_read');
  return ok(presentGroupLock(call.view, ownRecord(call, call.view.groupLocks)));
}

function deleteGroupLock(call: Call): Answer {
  requireRight(call, 'group_locks_write');
  const item = ownRecord(call, call.view.groupLocks);
  call.state.tables.groupLocks.remove(item.id, call.now);
  recordChange(call, item, 'destroy');
  return noContent;
}

function recordChange(call: Call, item: GroupLock, change: 'create' | 'destroy'): void {
  call.state.recordEvent(
    {
      organizationId: item.organizationId,
      type: `group_lock.${change}`,
      actorId: call.caller.user.id,
      objectType: 'GroupLock',
      objectId: item.id,
    },
    call.now,
  );
}

function presentGroupLock(view: View, item: GroupLock): object {
  const lock = present(view.locks.get(item.lockId));
  return {
    id: item.id,
    resource_type: 'GroupLock',
    created_at: instant(item.createdAt),
    updated_at: instant(item.updatedAt),
    group_id: item.groupId,
    group: groupRef(present(view.groups.get(item.groupId))),
    lock_id: lock.id,
    lock: { id: lock.id, name: lock.name, description: lock.description },
    place_id: lock.placeId,
    place: placeRef(present(view.places.get(lock.placeId))),
  };
}
