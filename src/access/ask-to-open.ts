import type { UnlockOutcome } from '../domain/grant';
import type { Key } from '../domain/my-keys';
import {
  reasonOfKisi,
  troubleInWords,
  unlockReason,
  type UnlockReason,
  type UnlockReasonCode,
} from '../domain/unlock-reasons';
import { KisiError, type CallOptions, type KisiClient } from '../kisi';
import type { Member, MemberLink } from '../store';
import type { AccessMessages } from './deps';
import { suspectOutage } from './integration-fault';
import type { KisiConnections } from './kisi-connections';
import { memberLogin, NoMemberLogin, type MemberLoginDeps } from './member-login';
import type { DoorForMember } from './my-keys';
import { integrationFault } from './problems';

export interface AskDeps extends MemberLoginDeps {
  kisi: KisiConnections;
  messages: Pick<AccessMessages, 'startProber'>;
}

/** A door that the member may open now. */
export interface OpenRequest {
  member: Member;
  door: DoorForMember;
  key: Key;
  location: { latitude: number; longitude: number } | undefined;
  /** Ends the waiting. */
  signal: AbortSignal;
}

/** What Kisi said. */
export interface Heard {
  outcome: UnlockOutcome;
  reason: UnlockReason | null;
  /** Kisi's own code, for the log; `null`: it gave none. */
  code: string | null;
}

/**
 * Asks Kisi to open the door, signed in as the member and nobody else: Kisi's own rules for the
 * member hold, and its history names the member. A login that has died is replaced once.
 *
 * @throws NotConnected
 */
export async function askToOpen(deps: AskDeps, request: OpenRequest): Promise<Heard> {
  const { organizationId } = request.door;
  const link = await deps.store.memberLinks.get(organizationId, request.member.id);
  // Without a user at Kisi nothing is in place yet.
  if (!link) return refused(inStateOf(request.key, unlockReason('access_denied')));
  const kisi = await deps.kisi.forOrganization(organizationId);
  const heard = await askAs(deps, kisi, link, request);
  const { reason } = heard;
  return reason && heard.outcome === 'refused'
    ? { ...heard, reason: inStateOf(request.key, reason) }
    : heard;
}

async function askAs(
  deps: AskDeps,
  kisi: KisiClient,
  link: MemberLink,
  { door, location, signal }: OpenRequest,
): Promise<Heard> {
  const call: CallOptions = { priority: 'interactive', signal };
  for (let isRenewed = false; ; isRenewed = true) {
    let login;
    try {
      login = await memberLogin(deps, kisi, link, call);
    } catch (error) {
      return noticed(deps, door, error, withoutLogin(error));
    }
    const as = { secret: login.secret, userId: login.kisiUserId, ...(location && { location }) };
    try {
      await kisi.unlockLock(door.lockId, as, call);
      return { outcome: 'opened', reason: null, code: null };
    } catch (error) {
      if (!isDeadLogin(error)) return noticed(deps, door, error, answered(error));
      await deps.store.memberLogins.forget(login);
      if (isRenewed) return refused(unlockReason('connection_refused'), error.code);
    }
  }
}

/** An outage that only taps meet is to be known, too; the member at the door does not wait for that. */
function noticed(
  deps: AskDeps,
  { organizationId }: DoorForMember,
  error: unknown,
  heard: Heard,
): Heard {
  const mayBeOutage = isTimeout(error) || integrationFault(error)?.type === 'kisi_unavailable';
  if (heard.outcome === 'no_answer' && mayBeOutage) void suspectOutage(deps, organizationId);
  return heard;
}

/** The only 401 of an unlock: Kisi does not know the login any more. */
function isDeadLogin(error: unknown): error is KisiError {
  return error instanceof KisiError && error.status === 401;
}

/** Kisi was not asked to open anything, so that the door is as it was. */
function withoutLogin(error: unknown): Heard {
  if (error instanceof NoMemberLogin) return refused(unlockReason(error.reason));
  if (error instanceof KisiError || isTimeout(error)) return noAnswer('kisi_unreachable');
  throw error;
}

function answered(error: unknown): Heard {
  if (isTimeout(error)) return noAnswer('kisi_unreachable');
  if (!(error instanceof KisiError)) throw error;
  const { kind, code } = error;
  switch (kind) {
    case 'refused':
    case 'duplicate':
    case 'configuration': {
      const reason = reasonOfKisi(code);
      return { outcome: reason.code === 'already_open' ? 'opened' : 'refused', reason, code };
    }
    case 'missing':
      return refused(unlockReason('door_missing'), code);
    case 'throttled':
      return refused(unlockReason('too_many_taps'), code);
    case 'unavailable':
      // With a code it is the door's hardware that cannot be reached, not Kisi.
      return code === null ? noAnswer('kisi_unreachable') : refused(reasonOfKisi(code), code);
    case 'too_late':
    case 'stopped':
      return noAnswer('kisi_unreachable');
    case 'lost_reply':
    case 'unexpected_answer':
      return noAnswer('outcome_unknown');
  }
}

/** While our own rows are not in place, that is the reason for Kisi's "no access". */
function inStateOf(key: Key, reason: UnlockReason): UnlockReason {
  const isAboutAccess = (['access_denied', 'not_yet', 'no_longer'] as UnlockReasonCode[]).includes(
    reason.code,
  );
  if (!isAboutAccess || key.state === 'open') return reason;
  if (key.state === 'being_set_up') return unlockReason('being_set_up');
  return { code: reason.code, ...troubleInWords(key.problem?.type ?? null) };
}

function refused(reason: UnlockReason, code: string | null = null): Heard {
  return { outcome: 'refused', reason, code };
}

function noAnswer(reason: 'kisi_unreachable' | 'outcome_unknown'): Heard {
  return { outcome: 'no_answer', reason: unlockReason(reason), code: null };
}

/** The wait ended before anything was sent. */
function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}
