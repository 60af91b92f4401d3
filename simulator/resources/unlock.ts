import { z } from 'zod';
import type { Answer } from '../http/answer';
import { badRequest, errorAnswer, ok } from '../http/answer';
import type { Call, Caller, LinkCaller, LoginCaller, Route } from '../http/call';
import { hasRight, ownRecord } from '../http/call';
import { covers, judgeAccess } from '../ledger';
import type { Group, Lock } from '../state/records';

export const unlockRoutes: Route[] = [
  { method: 'post', path: '/locks/:id/unlock', auth: 'loginOrLink', run: unlock },
];

const unlockBody = z.object({
  context: z
    .object({ location: z.object({ longitude: z.number(), latitude: z.number() }).optional() })
    .optional(),
  lock: z.object({ proximity_proof: z.union([z.string(), z.number()]).nullable() }).optional(),
});

type UnlockBody = z.output<typeof unlockBody>;

/** Kisi's message per code (the file's table); the status per code is not documented, these are best guesses. */
const refusals: Record<string, { status: number; error: string }> = {
  fcd8ef: { status: 403, error: 'Access denied.' },
  fcd8ff: { status: 403, error: 'Access disabled.' },
  f358de: { status: 403, error: 'Access is not valid yet.' },
  f35ade: { status: 403, error: 'Access is no longer valid.' },
  f01337: { status: 403, error: 'Access rights do not include apps.' },
  bbc93f: { status: 403, error: 'In-app access is disabled, tap the reader.' },
  bb5bff: { status: 403, error: 'No reader found nearby.' },
  '34bd8f': { status: 403, error: 'This is not the primary device.' },
  bbb99f: { status: 403, error: 'The location of the user is not valid.' },
  f298cf: { status: 403, error: 'Links are disabled.' },
  f298df: { status: 403, error: 'The link does not include this door.' },
  f29aef: { status: 403, error: 'The link is not valid.' },
  fad001: { status: 403, error: 'The door is locked down.' },
  fad110: { status: 409, error: 'The door is on a scheduled unlock.' },
  fad112: { status: 409, error: 'An unlock is running.' },
  fad10e: { status: 404, error: 'The door was not found.' },
  fad106: { status: 404, error: 'The wireless lock was not found.' },
  ff420a: { status: 409, error: 'The door has no controller.' },
  fad105: { status: 409, error: 'The door is misconfigured.' },
  fad108: { status: 409, error: 'The controller is not configured.' },
  fac001: { status: 503, error: 'The controller is unavailable.' },
  fac002: { status: 503, error: 'The controller is unavailable.' },
  fac003: { status: 503, error: 'The controller is unavailable.' },
  fac004: { status: 503, error: 'The controller is unavailable.' },
  ecc123: { status: 503, error: 'The controller failed.' },
  fbc000: { status: 503, error: 'The firmware is updating.' },
  fad107: { status: 503, error: 'The wireless lock is offline.' },
  fad10f: { status: 503, error: 'The wireless lock cannot be reached.' },
};

/** Unlocks as the caller and writes the event, refused or not. Repeating it is harmless. */
function unlock(call: Call<Caller>): Answer | 'hang' {
  const lock = ownRecord(call, call.view.locks);
  const body = unlockBody.safeParse(call.body ?? {});
  if (!body.success) throw badRequest(z.prettifyError(body.error));
  const { unlock: outcome } = call.switches;
  if (outcome === 'hang') return 'hang';
  const code = outcome === 'ledger' ? refusalCode(call, lock, body.data) : outcome;
  recordUnlock(call, lock, code);
  if (code === null) return ok({ message: 'Unlocked!' });
  const { status, error } = refusals[code] ?? { status: 403, error: 'Access denied.' };
  return errorAnswer(status, error, code);
}

/** The right to open comes first, the door's own rules and state after it. Null: it opens. */
function refusalCode(call: Call<Caller>, lock: Lock, body: UnlockBody): string | null {
  const { caller } = call;
  const denied =
    caller.kind === 'groupLink'
      ? linkRefusal(call, caller, lock)
      : memberRefusal(call, caller, lock, body);
  if (denied !== null) return denied;
  if (lock.readerRestrictionEnabled === true && !isAtReader(body)) return 'bb5bff';
  if (lock.geofenceRestrictionEnabled === true && !isLocated(body)) return 'bbb99f';
  if (lock.lockedDownSince !== null) return 'fad001';
  return lock.online ? null : 'fac001';
}

/** Administrators override the groups' rules; members need a row that covers now, in a group that lets apps open. */
function memberRefusal(
  { view, now }: Call<Caller>,
  { user, login }: LoginCaller,
  lock: Lock,
  body: UnlockBody,
): string | null {
  if (!user.accessEnabled) return 'fcd8ff';
  if (hasRight(user, 'locks_unlock')) return null;
  const verdict = judgeAccess(view, user, lock, now);
  switch (verdict.reason) {
    case 'row_covers': {
      const restrictions = verdict.rows.map(({ group }) => restriction(group, login.primary, body));
      return restrictions.includes(null) ? null : (restrictions[0] ?? 'fcd8ef');
    }
    case 'access_disabled':
      return 'fcd8ff';
    case 'not_yet':
      return 'f358de';
    case 'no_longer':
      return 'f35ade';
    case 'no_row':
      return 'fcd8ef';
  }
}

function restriction(group: Group, isPrimaryDevice: boolean, body: UnlockBody): string | null {
  if (!group.loginEnabled) return 'f01337';
  if (group.tapToAccessRestrictionEnabled) return 'bbc93f';
  if (group.readerRestrictionEnabled && !isAtReader(body)) return 'bb5bff';
  if (group.primaryDeviceRestrictionEnabled && !isPrimaryDevice) return '34bd8f';
  if (group.geofenceRestrictionEnabled && !isLocated(body)) return 'bbb99f';
  return null;
}

function isAtReader(body: UnlockBody): boolean {
  return (body.lock?.proximity_proof ?? null) !== null;
}

function isLocated(body: UnlockBody): boolean {
  return body.context?.location !== undefined;
}

function linkRefusal({ view, now }: Call<Caller>, { link }: LinkCaller, lock: Lock): string | null {
  if (!link.linkEnabled) return 'f298cf';
  if (!covers(link, now)) return 'f29aef';
  const isHeld = view.groupLocks
    .all()
    .some((item) => item.groupId === link.groupId && item.lockId === lock.id);
  return isHeld ? null : 'f298df';
}

function recordUnlock(call: Call<Caller>, lock: Lock, code: string | null): void {
  const { caller, state, now } = call;
  const isUser = caller.kind === 'login';
  state.recordEvent(
    {
      organizationId: lock.organizationId,
      type: 'lock.unlock',
      actorType: isUser ? 'User' : 'GroupLink',
      actorId: isUser ? caller.user.id : caller.link.id,
      objectType: 'Lock',
      objectId: lock.id,
      success: code === null,
      errorCode: code,
    },
    now,
  );
  if (code !== null) return;
  if (isUser) state.tables.users.touch(caller.user.id, { lastAccessedAt: now });
  else state.tables.groupLinks.touch(caller.link.id, { lastUsedAt: now });
}
