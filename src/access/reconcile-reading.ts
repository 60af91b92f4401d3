import { KisiListTooLong, type KisiClient, type KisiRoleAssignment } from '../kisi';
import type { Intent, KisiRow, Store, StoredWish } from '../store';
import type { AccessDeps } from './deps';
import { groupsOfMappings } from './reconcile-foreign';

/* What a reconciliation reads, at Kisi and in MongoDB, before it compares. */

const PAGE = 500;

/**
 * All rows of the organization, or, where they are more than Kisi lets anybody read, those of the
 * groups that concern us.
 */
export async function listAllRows(
  { store, clock }: AccessDeps,
  kisi: KisiClient,
  organizationId: number,
): Promise<KisiRoleAssignment[]> {
  try {
    return await kisi.listRoleAssignments({});
  } catch (error) {
    if (!(error instanceof KisiListTooLong)) throw error;
  }
  const [mapped, groups, stored, intents, wishes] = await Promise.all([
    groupsOfMappings(store, organizationId),
    store.lockGroups.allOf(organizationId),
    store.kisiRows.allOf(organizationId),
    store.intents.allOf(organizationId),
    liveWishes(store, organizationId, clock.now()),
  ]);
  const groupIds = new Set([...groups, ...stored, ...intents].map(({ groupId }) => groupId));
  for (const groupId of mapped) groupIds.add(groupId);
  for (const { pass } of wishes) if (pass.target.kind === 'group') groupIds.add(pass.target.id);
  const rows: KisiRoleAssignment[] = [];
  for (const groupId of groupIds) rows.push(...(await kisi.listRoleAssignments({ groupId })));
  return rows;
}

/** What MongoDB knows of one organization. */
export interface Known {
  memberOfFormerUser: Map<number, string>;
  memberOfUser: Map<number, string>;
  lockOfGroup: Map<number, number>;
  storedRows: KisiRow[];
  storedRowIds: Set<number>;
  /** Groups that lead to a mapped door. */
  mappedGroups: Set<number>;
  intents: Intent[];
  wishes: StoredWish[];
}

export async function readKnown(store: Store, organizationId: number, now: number): Promise<Known> {
  // A row's intent is removed after its id is stored: read the other way round, both could be missed.
  const intents = await store.intents.allOf(organizationId);
  const [links, groups, stored, mappedGroups] = await Promise.all([
    store.memberLinks.allOf(organizationId),
    store.lockGroups.allOf(organizationId),
    store.kisiRows.allOf(organizationId),
    groupsOfMappings(store, organizationId),
  ]);
  const formerUsers = links.flatMap(({ formerUserIds, memberId }) =>
    formerUserIds.map((userId) => [userId, memberId] as const),
  );
  return {
    memberOfFormerUser: new Map(formerUsers),
    memberOfUser: new Map(links.map(({ kisiUserId, memberId }) => [kisiUserId, memberId])),
    lockOfGroup: new Map(groups.map(({ groupId, lockId }) => [groupId, lockId])),
    storedRows: stored,
    storedRowIds: new Set(stored.map(({ roleAssignmentId }) => roleAssignmentId)),
    mappedGroups,
    intents,
    wishes: await liveWishes(store, organizationId, now),
  };
}

async function liveWishes(
  store: Store,
  organizationId: number,
  now: number,
): Promise<StoredWish[]> {
  const wishes: StoredWish[] = [];
  let after: { passKey: string; grantId: string } | null = null;
  for (;;) {
    const page: StoredWish[] = await store.wishes.allLive(now, after, PAGE);
    wishes.push(...page.filter(({ pass }) => pass.organizationId === organizationId));
    const last = page.at(-1);
    if (page.length < PAGE || !last) return wishes;
    after = { passKey: last.passKey, grantId: last.grantId };
  }
}
