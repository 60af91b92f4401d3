import { setTimeout as sleep } from 'node:timers/promises';
import type { PassRef } from '../domain/door';
import { KisiError, type KisiClient, type KisiUser } from '../kisi';
import { DuplicateKey, type Member, type MemberLink } from '../store';
import type { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { AccessProblem } from './problems';

/** Kisi's lists may be behind what it does: a user that exists by its word is looked for after these waits. */
const LIST_WAITS_MS = [0, 500, 1_000, 2_000];

/** The Kisi user that this member is, found or made on first need. @throws AccessProblem, KisiError */
export async function ensureLink(
  deps: AccessDeps,
  kisi: KisiClient,
  pass: PassRef,
  attempt: Attempt,
): Promise<MemberLink> {
  const { organizationId, memberId } = pass;
  const link = await deps.store.memberLinks.get(organizationId, memberId);
  if (link) return link;
  const user = await findOrMakeUser(kisi, await memberOf(deps, memberId), attempt);
  return orTaken(() => deps.store.memberLinks.link(organizationId, memberId, user.id));
}

/** The linked user is gone at Kisi: links the member to the one that now has the e-mail. */
export async function renewLink(
  deps: AccessDeps,
  kisi: KisiClient,
  pass: PassRef,
  attempt: Attempt,
): Promise<MemberLink> {
  const user = await findOrMakeUser(kisi, await memberOf(deps, pass.memberId), attempt);
  return orTaken(() => deps.store.memberLinks.relink(pass.organizationId, pass.memberId, user.id));
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

/** Two members on one Kisi user would be two writers of the same rows. */
async function orTaken(link: () => Promise<MemberLink>): Promise<MemberLink> {
  try {
    return await link();
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    throw new AccessProblem(
      'kisi_user_taken',
      'The Kisi user with this e-mail belongs to another member. Give one of the two another e-mail.',
    );
  }
}
