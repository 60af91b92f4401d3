import { PRIORITY } from '../contracts/names';
import type { Member, Store } from '../store';
import type { AccessMessages } from './deps';

/**
 * Makes or replaces a member. When the e-mail address has changed, what the member holds at Kisi
 * moves to the user of the new address.
 *
 * @throws DuplicateKey when another member has the address; BeingErased; ServiceError when Temporal is
 *   away: the member is stored then, and a repetition tells the passes
 */
export async function saveMember(
  deps: { store: Store; messages: Pick<AccessMessages, 'pokePass'> },
  wish: Pick<Member, 'id' | 'email' | 'name'>,
): Promise<Member> {
  const before = await deps.store.members.get(wish.id);
  const member = await deps.store.members.upsert(wish);
  await lookAnewAfterEmail(deps, before, member);
  return member;
}

/**
 * The same for what the host said at `saidAt` (ms, UTC) and is taken later, maybe again. `null`: what
 * stands is newer, or the member was erased since; nothing is changed.
 *
 * @throws as `saveMember` does
 */
export async function saveMemberAsOf(
  deps: Parameters<typeof saveMember>[0],
  wish: Pick<Member, 'id' | 'email' | 'name'>,
  saidAt: number,
): Promise<Member | null> {
  const before = await deps.store.members.get(wish.id);
  const member = await deps.store.members.upsertAsOf(wish, saidAt);
  if (member !== null) await lookAnewAfterEmail(deps, before, member);
  return member;
}

/**
 * The user at Kisi is found by the e-mail address: when that has changed, every pass of the member
 * looks again, moves to the user of the new address and takes the rows of the former one away. What
 * was linked counts, not only what was stored before, so that a repeated request pokes as well.
 */
async function lookAnewAfterEmail(
  { store, messages }: Parameters<typeof saveMember>[0],
  before: Member | null,
  member: Member,
): Promise<void> {
  const address = member.email.toLowerCase();
  const links = await store.memberLinks.byMember(member.id);
  const isNew = before !== null && before.email.toLowerCase() !== address;
  if (!isNew && links.every((link) => link.email === address)) return;
  const connected = new Set(await store.integrations.organizationIds());
  const passes = await store.passes.byMember(member.id);
  await Promise.all(
    passes
      .filter(({ organizationId }) => connected.has(organizationId))
      .map((pass) => messages.pokePass(pass, PRIORITY.due, true)),
  );
}
