import { PRIORITY } from '../../src/contracts/names';
import type { Member } from '../../src/store';
import type { ApiDeps } from '../deps';
import { reachTemporal } from '../http/reach-temporal';

/**
 * The user at Kisi is found by the e-mail address: when that has changed, every pass of the member
 * looks again, moves to the user of the new address and takes the rows of the former one away. What
 * was linked counts, not only what was stored before, so that a repeated request pokes as well.
 */
export async function lookAnewAfterEmail(
  { store, messages }: Pick<ApiDeps, 'store'> & { messages: Pick<ApiDeps['messages'], 'pokePass'> },
  before: Member | null,
  member: Member,
): Promise<void> {
  const address = member.email.toLowerCase();
  const links = await store.memberLinks.byMember(member.id);
  const isNew = before !== null && before.email.toLowerCase() !== address;
  if (!isNew && links.every((link) => link.email === address)) return;
  const connected = new Set(await store.integrations.organizationIds());
  const passes = await store.passes.byMember(member.id);
  await reachTemporal(() =>
    Promise.all(
      passes
        .filter(({ organizationId }) => connected.has(organizationId))
        .map((pass) => messages.pokePass(pass, PRIORITY.due, true)),
    ),
  );
}
