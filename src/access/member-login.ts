import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock';
import type { UnlockReasonCode } from '../domain/unlock-reasons';
import { KisiError, type CallOptions, type KisiClient, type KisiUser } from '../kisi';
import type { Logger } from '../logging';
import {
  SealBroken,
  UnknownEncryptionKey,
  type MemberLink,
  type MemberLogin,
  type Store,
} from '../store';

/** How the login shows in the list of the member's devices at Kisi. */
const DEVICE = { brand: 'Latchkey', model: 'My Keys' } as const;

/** Longer than anybody waits for a tap; then another may make the login. */
const CLAIM_MS = 20_000;
/** How often one who waits for another's login looks. */
const LOOK_MS = 100;

/** The member has no login, for this reason; Kisi was not asked to open anything. */
export class NoMemberLogin extends Error {
  override readonly name = 'NoMemberLogin';

  constructor(
    readonly reason: UnlockReasonCode,
    options?: ErrorOptions,
  ) {
    super(`The member has no login at Kisi: ${reason}.`, options);
  }
}

export interface MemberLoginDeps {
  store: Store;
  clock: Clock;
  log: Logger;
}

/**
 * The member's device login at Kisi, made on first need by exactly one of all who need it. It signs
 * in the Kisi user of this link: one that was made for a former user is replaced.
 *
 * @throws NoMemberLogin; KisiError where Kisi does not answer; the signal's reason
 */
export async function memberLogin(
  deps: MemberLoginDeps,
  kisi: KisiClient,
  link: MemberLink,
  call: CallOptions,
): Promise<MemberLogin> {
  const { memberLogins } = deps.store;
  const { organizationId, memberId } = link;
  for (;;) {
    call.signal?.throwIfAborted();
    const known = await keptLogin(deps, link);
    if (known?.kisiUserId === link.kisiUserId) return known;
    if (known) await memberLogins.forget(known);
    const token = randomUUID();
    const until = deps.clock.now() + CLAIM_MS;
    if (await memberLogins.claim(organizationId, memberId, token, until)) {
      const made = await makeAndKeep(deps, kisi, link, token, call);
      if (made) return made;
    }
    await sleep(LOOK_MS);
  }
}

/** One that was sealed with a key that is no longer there is as good as none: another is made. */
async function keptLogin(
  { store, log }: MemberLoginDeps,
  { organizationId, memberId }: MemberLink,
): Promise<MemberLogin | null> {
  try {
    return await store.memberLogins.get(organizationId, memberId);
  } catch (error) {
    if (!(error instanceof UnknownEncryptionKey || error instanceof SealBroken)) throw error;
    log.warn({ err: error, organizationId, memberId }, 'The login of a member cannot be opened');
    await store.memberLogins.forgetMember(organizationId, memberId);
    return null;
  }
}

/** `null`: it took so long that another has made one. */
async function makeAndKeep(
  { store, log }: MemberLoginDeps,
  kisi: KisiClient,
  link: MemberLink,
  token: string,
  call: CallOptions,
): Promise<MemberLogin | null> {
  const { organizationId, memberId } = link;
  try {
    const { id, secret, userId } = await make(kisi, link, call);
    const login = { organizationId, memberId, kisiUserId: userId, loginId: id, secret };
    if (await store.memberLogins.keep(login, token)) {
      log.info({ organizationId, memberId, loginId: id }, 'Made a device login for a member');
      return login;
    }
    await kisi.deleteLogin(id, call);
    return null;
  } catch (error) {
    await store.memberLogins.release(organizationId, memberId, token);
    throw error;
  }
}

/**
 * Asks for the user first, since a login is made by e-mail address, and the one at Kisi may differ
 * from ours (kisi/facts.md §2.8).
 */
async function make(
  kisi: KisiClient,
  link: MemberLink,
  call: CallOptions,
): ReturnType<KisiClient['createDeviceLogin']> {
  const user = await kisi.getUser(link.kisiUserId, call).catch((error: unknown) => {
    throw refusalOf(error, null) ?? error;
  });
  if (!user.accessEnabled) throw new NoMemberLogin('access_disabled');
  const login = await kisi
    .createDeviceLogin({ email: user.email, ...DEVICE }, call)
    .catch((error: unknown) => {
      throw refusalOf(error, user) ?? error;
    });
  if (login.userId === link.kisiUserId) return login;
  // The address went to another user in between: what opens for that one is not this member's.
  await kisi.deleteLogin(login.id, call);
  throw new NoMemberLogin('user_missing');
}

/** Why Kisi makes no login; `null`: it did not say no. */
function refusalOf(error: unknown, user: KisiUser | null): NoMemberLogin | null {
  if (!(error instanceof KisiError)) return null;
  switch (error.kind) {
    case 'missing':
      return new NoMemberLogin('user_missing', { cause: error });
    case 'configuration':
    case 'refused':
    case 'duplicate': {
      const isUnconfirmed = user?.confirmed === false && error.status !== 401;
      const reason = isUnconfirmed ? 'not_confirmed' : 'connection_refused';
      return new NoMemberLogin(reason, { cause: error });
    }
    case 'throttled':
    case 'unavailable':
    case 'lost_reply':
    case 'too_late':
    case 'stopped':
    case 'unexpected_answer':
      return null;
  }
}
