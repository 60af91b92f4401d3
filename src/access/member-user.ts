import { setTimeout as sleep } from 'node:timers/promises';
import { PRIORITY } from '../contracts/names';
import type { PassRef } from '../domain/door';
import { KisiError, MADE_AS, OWNERSHIP_MARK, type KisiClient, type KisiUser } from '../kisi';
import { DuplicateKey, type Member, type MemberLink, type MemberMode } from '../store';
import type { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import type { PassDesire } from './pass-desire';
import { AccessProblem } from './problems';

/** Kisi's lists may be behind what it does: a user that exists by its word is looked for after these waits. */
const LIST_WAITS_MS = [0, 500, 1_000, 2_000];

/**
 * Whether the link was made by the e-mail address that the member has now. The user of a former
 * address may be somebody else's by now. A member whom nobody knows keeps what there is.
 */
export function isLinkedBy(link: MemberLink, member: Member | null): boolean {
  return member === null || link.email === member.email.toLowerCase();
}

/**
 * The Kisi user that this member is, found or made on first need, and anew where the link that
 * stands was made by a former e-mail address. @throws AccessProblem, KisiError
 */
export async function ensureLink(
  deps: AccessDeps,
  kisi: KisiClient,
  pass: PassRef,
  present: MemberLink | null,
  attempt: Attempt,
): Promise<MemberLink> {
  if (present) return renewLink(deps, kisi, pass, attempt);
  const { organizationId, memberId } = pass;
  const member = await memberOf(deps, memberId);
  const user = await findOrMakeUser(deps, kisi, organizationId, member, attempt);
  return orTaken(deps, pass, user, () =>
    deps.store.memberLinks.link(organizationId, memberId, user.id, member.email, madeAs(user)),
  );
}

/**
 * Links the member to the user that now has the e-mail address: the linked one is gone at Kisi, or
 * the address has changed.
 */
export async function renewLink(
  deps: AccessDeps,
  kisi: KisiClient,
  pass: PassRef,
  attempt: Attempt,
): Promise<MemberLink> {
  const { organizationId, memberId } = pass;
  const member = await memberOf(deps, memberId);
  const user = await findOrMakeUser(deps, kisi, organizationId, member, attempt);
  return orTaken(deps, pass, user, () =>
    deps.store.memberLinks.relink(organizationId, memberId, user.id, member.email, madeAs(user)),
  );
}

/**
 * The Kisi users, other than the present one, that may hold a row of this pass: those that the link
 * remembers, and those that rows or intents of the pass name, since a link may be given up at once
 * when its user has become another member's.
 */
export async function formerUsers(
  deps: AccessDeps,
  { key }: PassDesire,
  link: MemberLink | null,
): Promise<number[]> {
  const [stored, intents] = await Promise.all([
    deps.store.kisiRows.byPass(key),
    deps.store.intents.byPass(key),
  ]);
  const named = [...stored, ...intents].map(({ kisiUserId }) => kisiUserId);
  const users = new Set([...(link?.formerUserIds ?? []), ...named]);
  return [...users].filter((userId) => userId !== link?.kisiUserId);
}

async function memberOf(deps: AccessDeps, memberId: string): Promise<Member> {
  const member = await deps.store.members.get(memberId);
  if (!member) {
    throw new AccessProblem('member_unknown', `No member ${memberId} is known; create it first.`);
  }
  return member;
}

/** Found by exact e-mail, else made; a creation whose answer was lost is found by the next look. */
async function findOrMakeUser(
  deps: AccessDeps,
  kisi: KisiClient,
  organizationId: number,
  member: Member,
  attempt: Attempt,
): Promise<KisiUser> {
  const [found] = await kisi.findUsersByEmail(member.email, attempt.call);
  if (found) return found;
  const integration = await deps.store.integrations.byOrganization(organizationId);
  try {
    const input = {
      email: member.email,
      name: member.name ?? member.id,
      memberId: member.id,
      invited: integration?.memberMode === 'invited',
    };
    return await kisi.createUser(input, attempt.call);
  } catch (error) {
    // 409 in live use, 422 by the contract: somebody was faster (kisi/facts.md §2.5).
    if (!(error instanceof KisiError) || !['duplicate', 'refused'].includes(error.kind))
      throw error;
    for (const waitMs of error.kind === 'duplicate' ? LIST_WAITS_MS : [0]) {
      if (waitMs > 0) await sleep(waitMs);
      const [made] = await kisi.findUsersByEmail(member.email, attempt.call);
      if (made) return made;
    }
    throw new AccessProblem(
      'kisi_refused',
      'Kisi refuses to make a user for this member and shows none with this e-mail. Check the e-mail.',
    );
  }
}

/** How we made this user, by the mark that it bears; `null`: it is none of ours. */
function madeAs({ metadata }: KisiUser): MemberMode | null {
  if (metadata['managed_by'] !== OWNERSHIP_MARK.managed_by) return null;
  return metadata[MADE_AS] === 'invited' ? 'invited' : 'managed';
}

/**
 * A user whose access was switched off in the dashboard opens nothing, whatever rows it has. Kisi is
 * asked only where that was seen before; whoever switches it on again need not wait for a
 * reconciliation.
 *
 * @throws AccessProblem, KisiError
 */
export async function mustBeEnabled(
  deps: AccessDeps,
  kisi: KisiClient,
  { organizationId, kisiUserId, userDisabled }: MemberLink,
  attempt: Attempt,
): Promise<void> {
  if (!userDisabled) return;
  const user = await kisi.getUser(kisiUserId, attempt.call);
  if (!user.accessEnabled) {
    throw new AccessProblem(
      'kisi_user_disabled',
      'The Kisi user of this member has no access: somebody has switched it off in the Kisi dashboard.',
    );
  }
  await deps.store.memberLinks.setDisabled(organizationId, kisiUserId, false);
}

/** More tries than two members who exchange their addresses need. */
const MOST_LINK_TRIES = 4;

/**
 * Two members on one Kisi user would be two writers of the same rows. A holder who was linked by an
 * e-mail address that is no longer theirs gives the user up at once, for it is the other's now, and
 * has its passes look, which find another user and take away what is left on this one.
 */
async function orTaken(
  deps: AccessDeps,
  { organizationId, memberId }: PassRef,
  user: KisiUser,
  link: () => Promise<MemberLink>,
): Promise<MemberLink> {
  for (let tries = 1; ; tries += 1) {
    try {
      const made = await link();
      if (user.accessEnabled || made.kisiUserId !== user.id) return made;
      await deps.store.memberLinks.setDisabled(organizationId, user.id, true);
      return { ...made, userDisabled: true };
    } catch (error) {
      if (!(error instanceof DuplicateKey)) throw error;
      const held = await deps.store.memberLinks.byUser(organizationId, user.id);
      const isHeld = held?.kisiUserId === user.id && held.memberId !== memberId;
      const holder = isHeld ? await deps.store.members.get(held.memberId) : null;
      const isHolders = isHeld && isLinkedBy(held, holder);
      if (isHolders || tries === MOST_LINK_TRIES) {
        throw new AccessProblem(
          'kisi_user_taken',
          'The Kisi user with this e-mail belongs to another member. Give one of the two another e-mail.',
        );
      }
      if (!isHeld) continue;
      await deps.store.memberLinks.unlink(held);
      await lookAnew(deps, organizationId, held.memberId);
    }
  }
}

/** All passes of the member in this organization list their rows anew. */
export async function lookAnew(
  deps: AccessDeps,
  organizationId: number,
  memberId: string,
): Promise<void> {
  for (const pass of await deps.store.passes.byMember(memberId)) {
    if (pass.organizationId === organizationId)
      await deps.messages.pokePass(pass, PRIORITY.due, true);
  }
}
