import type { Clock } from '../clock';
import { passKey, type PassTarget } from '../domain/door';
import type { KisiFacts, KisiRowFact } from '../domain/explain-facts';
import {
  KisiError,
  type CallOptions,
  type KisiClient,
  type KisiRoleAssignment,
  type KisiUser,
} from '../kisi';
import type { DoorMapping, Integration, Member, MemberLink, Store } from '../store';
import { lastingObstacles, obstaclesOf, type DoorAtKisi } from './explain-obstacles';
import { knownFault } from './integration-fault';
import { NotConnected, type KisiConnections } from './kisi-connections';
import { isLinkedBy } from './member-user';
import { isOurs, opensDoors, type OwnershipMarks } from './ownership';

/** A person waits: Kisi has so long for all that it is asked. */
const PATIENCE_MS = 4_000;

export interface ExplainKisiDeps {
  store: Store;
  clock: Clock;
  kisi: KisiConnections;
}

interface KisiQuestion {
  member: Member;
  mapping: DoorMapping;
  integration: Integration;
}

type LiveQuestion = KisiQuestion & { at: number; now: number };

/**
 * Asks Kisi for the member's user, for the rows that lead to the door, and for the door itself. Where
 * Kisi is not heard, the last that is stored, with why.
 */
export async function kisiFactsOf(
  deps: ExplainKisiDeps,
  question: LiveQuestion,
): Promise<KisiFacts> {
  const { member, mapping, integration, now } = question;
  const fault = knownFault(integration, now);
  if (fault) return lastKnownOfKisi(deps, question, fault.detail);
  try {
    const kisi = await deps.kisi.forOrganization(mapping.organizationId);
    const call: CallOptions = {
      priority: 'interactive',
      signal: AbortSignal.timeout(PATIENCE_MS),
    };
    const link = await deps.store.memberLinks.get(mapping.organizationId, member.id);
    const [holder, door] = await Promise.all([
      link ? linkedUser(kisi, link, call) : foundUser(kisi, member, call),
      readDoor(kisi, mapping, call),
    ]);
    return await heard(deps, { ...question, link, ...holder, door });
  } catch (error) {
    const silence = silenceOf(error);
    if (silence === null) throw error;
    return lastKnownOfKisi(deps, question, silence);
  }
}

/** Why nothing was heard; `null`: the error says nothing of Kisi. */
function silenceOf(error: unknown): string | null {
  if (error instanceof NotConnected) return 'no Kisi organization is connected';
  if (error instanceof DOMException && error.name === 'TimeoutError') return 'no answer in time';
  if (!(error instanceof KisiError)) return null;
  return error.kind === 'configuration' ? 'Kisi refuses the API key' : 'no usable answer';
}

interface Holder {
  /** `null`: there is none. */
  user: KisiUser | null;
  rows: readonly KisiRoleAssignment[];
}

async function linkedUser(
  kisi: KisiClient,
  { kisiUserId: userId }: MemberLink,
  call: CallOptions,
): Promise<Holder> {
  const [user, rows] = await Promise.all([
    orMissing(() => kisi.getUser(userId, call)),
    kisi.listRoleAssignments({ userId }, call),
  ]);
  return { user, rows: user ? rows : [] };
}

/** Whoever has the member's address. */
async function foundUser(kisi: KisiClient, { email }: Member, call: CallOptions): Promise<Holder> {
  const [user] = await kisi.findUsersByEmail(email, call);
  if (!user) return { user: null, rows: [] };
  return { user, rows: await kisi.listRoleAssignments({ userId: user.id }, call) };
}

async function readDoor(
  kisi: KisiClient,
  { resourceType, resourceId }: DoorMapping,
  call: CallOptions,
): Promise<DoorAtKisi> {
  if (resourceType === 'lock') {
    const [lock, groups] = await Promise.all([
      orMissing(() => kisi.getLock(resourceId, call)),
      orMissing(() => kisi.listGroups({ lockId: resourceId }, call)),
    ]);
    return lock ? { groups: groups ?? [], locks: [lock] } : { groups: [], locks: null };
  }
  const group = await orMissing(() => kisi.getGroup(resourceId, call));
  if (!group) return { groups: [], locks: null };
  const held = await kisi.listGroupLocks({ groupId: resourceId }, call);
  const ids = held.map(({ lockId }) => lockId);
  const locks = ids.length === 0 ? [] : await kisi.listLocks({ ids }, call);
  return { groups: [group], locks: locks.filter(({ id }) => ids.includes(id)) };
}

interface Heard extends Holder {
  link: MemberLink | null;
  door: DoorAtKisi;
}

async function heard(
  { store }: ExplainKisiDeps,
  { member, mapping, integration, at, link, user, door, rows }: LiveQuestion & Heard,
): Promise<KisiFacts> {
  const groups = new Map(door.groups.map((group) => [group.id, group]));
  const leading = rows.filter((row) => groups.has(row.groupId ?? 0) && opensDoors(row));
  const facts = await Promise.all(
    leading.map(async (row): Promise<KisiRowFact> => {
      const groupId = row.groupId ?? 0;
      return {
        roleAssignmentId: row.id,
        groupId,
        groupName: groups.get(groupId)?.name ?? '',
        from: row.validFrom,
        until: row.validUntil,
        ours: isOurs(row, await marksOf(store, integration, member.id, groupId)),
      };
    }),
  );
  return {
    silence: null,
    nothingLeft: false,
    user: user
      ? {
          state: 'there',
          id: user.id,
          name: user.name,
          accessEnabled: user.accessEnabled,
          confirmed: user.confirmed,
          madeAs: link?.madeAs ?? null,
          hasOtherEmail: user.email.trim().toLowerCase() !== member.email.trim().toLowerCase(),
        }
      : { state: 'missing' },
    rows: facts,
    widerRoles: rows
      .filter(({ appliesToType }) => appliesToType !== 'Group')
      .map(({ roleId }) => roleId),
    obstacles: obstaclesOf(mapping, door, facts, at),
  };
}

/** What tells our rows of the member in this group from those that others made. */
async function marksOf(
  store: Store,
  { organizationId, keyOwnerId, formerKeyOwnerIds }: Integration,
  memberId: string,
  groupId: number,
): Promise<OwnershipMarks> {
  const lockGroup = await store.lockGroups.byGroup(organizationId, groupId);
  const target: PassTarget = lockGroup
    ? { kind: 'lock', id: lockGroup.lockId }
    : { kind: 'group', id: groupId };
  const key = passKey({ memberId, organizationId, target });
  const [stored, intents] = await Promise.all([
    store.kisiRows.byPass(key),
    store.intents.byPass(key),
  ]);
  return {
    groupIsOurs: lockGroup !== null,
    storedRowIds: new Set(stored.map(({ roleAssignmentId }) => roleAssignmentId)),
    intents,
    keyOwnerIds: [keyOwnerId, ...formerKeyOwnerIds],
  };
}

/** What was last seen of Kisi and of what we made there. */
async function lastKnownOfKisi(
  { store }: Pick<ExplainKisiDeps, 'store'>,
  { member, mapping, integration }: KisiQuestion,
  silence: string,
): Promise<KisiFacts> {
  const { organizationId, resourceType, resourceId } = mapping;
  const target = { kind: resourceType, id: resourceId };
  const [link, rows, locks, group] = await Promise.all([
    store.memberLinks.get(organizationId, member.id),
    store.kisiRows.byPass(passKey({ memberId: member.id, organizationId, target })),
    store.kisiDoors
      .locksOf(organizationId, target)
      .then((ids) => store.kisiDoors.locks(organizationId, ids ?? [])),
    resourceType === 'group' ? store.kisiDoors.group(organizationId, resourceId) : null,
  ]);
  return {
    silence,
    nothingLeft: !integration.connected && integration.removal?.mode === 'remove',
    user: link && {
      state: 'there',
      id: link.kisiUserId,
      name: member.name ?? member.id,
      accessEnabled: !link.userDisabled,
      confirmed: null,
      madeAs: link.madeAs,
      hasOtherEmail: !isLinkedBy(link, member),
    },
    rows: rows.map(({ roleAssignmentId, groupId, from, until }) => ({
      roleAssignmentId,
      groupId,
      groupName: group?.name ?? mapping.name,
      from,
      until,
      ours: true,
    })),
    widerRoles: [],
    obstacles: lastingObstacles(mapping, locks, group),
  };
}

async function orMissing<Record>(ask: () => Promise<Record>): Promise<Record | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof KisiError && error.kind === 'missing') return null;
    throw error;
  }
}
