import { setTimeout as sleep } from 'node:timers/promises';
import { PRIORITY } from '../contracts/names';
import type { PassRef } from '../domain/door';
import { KisiError, type KisiClient, type KisiUser } from '../kisi';
import { DuplicateKey, type Member, type MemberLink } from '../store';
import type { Attempt } from './attempt';
import type { AccessDeps } from './deps';
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
  const user = await findOrMakeUser(kisi, member, attempt);
  return orTaken(deps, pass, user, () =>
    deps.store.memberLinks.link(organizationId, memberId, user.id, member.email),
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
  const user = await findOrMakeUser(kisi, member, attempt);
  const before = await deps.store.memberLinks.get(organizationId, memberId);
  const link = await orTaken(deps, pass, user, () =>
    deps.store.memberLinks.relink(organizationId, memberId, user.id, member.email),
  );
  if (before && before.kisiUserId !== user.id) await tellNextHolder(deps, before);
  return link;
}

/** Nothing of ours is left on the user, and the member wants nothing: whoever needs it may have it. */
export async function leaveUser(deps: AccessDeps, link: MemberLink): Promise<void> {
  if (await deps.store.memberLinks.unlink(link)) await tellNextHolder(deps, link);
}

/** A link is given up: the passes of the member who has its e-mail address now may wait for the user. */
async function tellNextHolder(
  deps: AccessDeps,
  { organizationId, memberId, email }: MemberLink,
): Promise<void> {
  const next = email === null ? null : await deps.store.members.byEmail(email);
  if (next && next.id !== memberId) await lookAnew(deps, organizationId, next.id);
}

async function lookAnew(deps: AccessDeps, organizationId: number, memberId: string): Promise<void> {
  for (const pass of await deps.store.passes.byMember(memberId)) {
    if (pass.organizationId === organizationId)
      await deps.messages.pokePass(pass, PRIORITY.due, true);
  }
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
  kisi: KisiClient,
  member: Member,
  attempt: Attempt,
): Promise<KisiUser> {
  const [found] = await kisi.findUsersByEmail(member.email, attempt.call);
  if (found) return found;
  try {
    const input = { email: member.email, name: member.name ?? member.id, memberId: member.id };
    return await kisi.createManagedUser(input, attempt.call);
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

/**
 * Two members on one Kisi user would be two writers of the same rows. A holder whose e-mail address
 * has changed since has its passes look, which lets go of the user and pokes this one.
 */
async function orTaken(
  deps: AccessDeps,
  { organizationId }: PassRef,
  user: KisiUser,
  link: () => Promise<MemberLink>,
): Promise<MemberLink> {
  try {
    return await link();
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    const held = await deps.store.memberLinks.byUser(organizationId, user.id);
    const holder = held && (await deps.store.members.get(held.memberId));
    if (holder && !isLinkedBy(held, holder)) await lookAnew(deps, organizationId, holder.id);
    throw new AccessProblem(
      'kisi_user_taken',
      'The Kisi user with this e-mail belongs to another member. Give one of the two another e-mail.',
    );
  }
}
