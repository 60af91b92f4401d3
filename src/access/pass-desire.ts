import type { PassRef } from '../domain/door';
import { passKey } from '../domain/door';
import type { Problem, Window } from '../domain/grant';
import { isAsking } from '../domain/pass-report';
import type { Integration, Member, StoredWish } from '../store';
import type { AccessDeps } from './deps';
import { NotConnected } from './kisi-connections';

/** All that is wanted of a pass at one moment, read anew for every look. */
export interface PassDesire {
  pass: PassRef;
  key: string;
  integration: Integration;
  /** `null`: nobody knows the member (any more). */
  member: Member | null;
  wishes: StoredWish[];
  /** Why nothing is wanted although wishes ask; `null` when they are heard. */
  held: Problem | null;
  /** The windows of the wishes that are heard, not merged. */
  wanted: Window[];
}

/** What is told to those who wait for an integration that was removed. */
export const REMOVED: Problem = {
  type: 'integration_inactive',
  detail: 'The connection to Kisi was removed; connect the same organization again.',
};

/**
 * Whether the integration was removed with the word to leave access that ends by itself: what is
 * wanted then depends on what stands at Kisi already. See `windowsLeft`.
 */
export function isLeaving({ held, integration }: PassDesire): boolean {
  return held?.type === 'integration_inactive' && integration.removal?.mode === 'leave';
}

/**
 * Reads every wish of the pass and the member's hold. A list that cannot be read throws, so that
 * nothing is planned from half of it. @throws NotConnected
 */
export async function readDesire(
  deps: AccessDeps,
  pass: PassRef,
  now: number,
): Promise<PassDesire> {
  const key = passKey(pass);
  const [integration, wishes, member] = await Promise.all([
    deps.store.integrations.byOrganization(pass.organizationId),
    deps.store.wishes.byPass(key),
    deps.store.members.get(pass.memberId),
  ]);
  if (!integration) throw new NotConnected(pass.organizationId);
  const isErased = member === null && (await deps.store.members.erasure(pass.memberId)) !== null;
  const held = isErased
    ? heldBecause('member_unknown', 'The member was erased.')
    : member?.hold
      ? heldBecause('member_on_hold', 'The member is on hold; lift the hold to give access again.')
      : integration.active
        ? null
        : REMOVED;
  const wanted = held
    ? []
    : wishes.filter((wish) => isAsking(wish, now)).map(({ from, until }) => ({ from, until }));
  return { pass, key, integration, member, wishes, held, wanted };
}

function heldBecause(type: Problem['type'], detail: string): Problem {
  return { type, detail };
}
