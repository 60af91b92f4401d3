import type {
  EraseKisiUsersResult,
  EraseMemberInput,
  ErasureResult,
} from '../contracts/member-activities';
import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef } from '../domain/door';
import type { Actor, Grant } from '../domain/grant';
import { isOver, isWanted } from '../domain/grant-life';
import { DOOR_ACCESS_ROLE, KisiError, type KisiClient } from '../kisi';
import { eachItem, type MemberLink } from '../store';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { problemOfStop } from './emergency-stop';
import { holderBeside, removeUserOfOurs, type UserOfMember } from './former-users';
import { knownFault } from './integration-fault';

const ERASURE: Actor = { type: 'system', id: 'erase-member' };
/** The only reason that stays in the log of an erased member. */
export const ERASED_REASON = 'The member was erased.';
const PAGE = 200;
/** What Kisi or a pass is waited for before the user is looked at again. */
const WAIT_MS = 15_000;

/** Writes the job down and leaves nothing of the member's record but the id. Idempotent. */
export async function beginErasure(
  { store }: Pick<AccessDeps, 'store'>,
  { memberId, jobId, by }: EraseMemberInput,
): Promise<void> {
  await store.jobs.begin({ id: jobId, kind: 'erasure', subjectId: memberId, by });
  await store.members.erase(memberId, jobId);
}

/**
 * Revokes one page of the member's manual grants. The others follow their booking or membership. One
 * that is stopped already is asked again, which replaces the free text that its workflow carries.
 */
export async function stopMemberGrants(
  deps: AccessDeps,
  { memberId, after }: { memberId: string; after: string | null },
): Promise<{ stopped: number; after: string | null }> {
  const now = deps.clock.now();
  const page = await deps.store.grants.list({ memberId }, { limit: PAGE, cursor: after }, now);
  let stopped = 0;
  for (const grant of page.data) {
    if (isOver(grant, now) && grant.provisioning === 'removed') continue;
    if (grant.stops.length > 0) await deps.messages.askGrantAgain(grant.id, ERASURE);
    else if (grant.source === 'manual') {
      await deps.messages.revokeGrant(grant.id, ERASURE, ERASED_REASON);
    }
    if (grant.stops.length === 0) stopped += 1;
  }
  return { stopped, after: page.nextCursor };
}

/** Has every booking and membership that names the member work out its grants again. */
export async function lookAgainAtMemberSources(
  deps: AccessDeps,
  { memberId }: { memberId: string },
): Promise<void> {
  const { bookings, memberships } = deps.store;
  for (const [kind, store] of [
    ['booking', bookings],
    ['membership', memberships],
  ] as const) {
    const named = eachItem<{ id: string }>((page) => store.list({ memberId }, page), PAGE);
    for await (const { id } of named) await deps.messages.lookAgainAtSource({ kind, id });
  }
}

/**
 * How many rows and grants of the member are not gone yet; the passes that hold them are told to
 * look. What belongs to an organization that is not connected can wait for its connection only.
 */
export async function accessLeft(
  deps: AccessDeps,
  { memberId, jobId }: { memberId: string; jobId: string },
): Promise<{ left: number }> {
  const passes = await connectedPasses(deps, memberId);
  let left = 0;
  for (const pass of passes) {
    const rows = await deps.store.kisiRows.byPass(passKey(pass));
    const intents = await deps.store.intents.byPass(passKey(pass));
    left += rows.length;
    if (rows.length + intents.length > 0) await deps.messages.pokePass(pass, PRIORITY.due, true);
  }
  const open = await openGrants(deps, memberId);
  const late = await stopLateGrants(deps, memberId);
  left += new Set([...open.map(({ id }) => id), ...late]).size;
  const job = await deps.store.jobs.get(jobId);
  const total = Math.max(job?.total ?? 0, left);
  await deps.store.jobs.progress(jobId, {
    total,
    done: total - left,
    message: left > 0 ? `Waits for Kisi to take ${String(left)} accesses away.` : null,
  });
  return { left };
}

async function connectedPasses({ store }: AccessDeps, memberId: string): Promise<PassRef[]> {
  const passes = await store.passes.byMember(memberId);
  const connected = new Map<number, boolean>();
  for (const { organizationId } of passes) {
    if (connected.has(organizationId)) continue;
    const integration = await store.integrations.byOrganization(organizationId);
    connected.set(organizationId, integration?.connected === true);
  }
  return passes.filter(({ organizationId }) => connected.get(organizationId) === true);
}

/**
 * Revokes the manual grants that were given while the erasure began, and were not listed when the
 * others were stopped. They must not wait for the next member with this id. Answers their ids.
 */
async function stopLateGrants(deps: AccessDeps, memberId: string): Promise<string[]> {
  const now = deps.clock.now();
  const late: string[] = [];
  const byHand = { memberId, source: 'manual' } as const;
  for await (const grant of eachItem((page) => deps.store.grants.list(byHand, page, now), PAGE)) {
    if (!isWanted(grant, now) || (await deps.runs.lastEnd(grant.id)) !== 'running') continue;
    await deps.messages.revokeGrant(grant.id, ERASURE, ERASED_REASON);
    late.push(grant.id);
  }
  return late;
}

/** Running grants of active mappings that have not said yet that all is removed. */
async function openGrants(deps: AccessDeps, memberId: string): Promise<Grant[]> {
  const { store, clock, runs } = deps;
  const open: Grant[] = [];
  const grants = eachItem((page) => store.grants.list({ memberId }, page, clock.now()), PAGE);
  for await (const grant of grants) if (grant.provisioning !== 'removed') open.push(grant);
  const running = await runs.runningAmong(open.map(({ id }) => id));
  const mappings = await store.doorMappings.getMany(open.map((grant) => grant.doorMappingId));
  const active = new Set(mappings.filter((mapping) => mapping.active).map(({ id }) => id));
  return open.filter((grant) => running.has(grant.id) && active.has(grant.doorMappingId));
}

/**
 * Removes the member's users at Kisi where we made them and they hold nothing, and the link. A user
 * that somebody else made, or gave more, stays without anything of ours.
 */
export async function eraseKisiUsers(
  deps: AccessDeps,
  input: { organizationId: number; memberId: string; jobId: string },
): Promise<EraseKisiUsersResult> {
  const { organizationId, memberId, jobId } = input;
  const link = await deps.store.memberLinks.get(organizationId, memberId);
  if (!link) return { outcome: 'gone', removed: 0, kept: 0 };
  const integration = await deps.store.integrations.byOrganization(organizationId);
  const userIds = [...new Set([link.kisiUserId, ...link.formerUserIds])];
  if (!integration?.connected) {
    await deps.store.memberLogins.forgetMember(organizationId, memberId);
    await deps.store.memberLinks.unlink(link);
    return { outcome: 'gone', removed: 0, kept: userIds.length };
  }
  const { emergencyStop } = integration;
  const fault = emergencyStop?.includeRemovals
    ? problemOfStop(emergencyStop)
    : knownFault(integration, deps.clock.now());
  const result = fault
    ? waits(fault.detail)
    : await tryToRemove(deps, link, userIds, await deps.kisi.forOrganization(organizationId));
  if (result.outcome === 'waits') {
    await deps.store.jobs.progress(jobId, { message: result.waitsFor });
  }
  return result;
}

async function tryToRemove(
  deps: AccessDeps,
  link: MemberLink,
  userIds: readonly number[],
  kisi: KisiClient,
): Promise<EraseKisiUsersResult> {
  const { organizationId, memberId } = link;
  const of: UserOfMember = { deps, kisi, organizationId, memberId, attempt: new Attempt() };
  let removed = 0;
  try {
    const loginId = await deps.store.memberLogins.loginIdOf(organizationId, memberId);
    if (loginId !== null) await kisi.deleteLogin(loginId, of.attempt.call);
    await deps.store.memberLogins.forgetMember(organizationId, memberId);
    for (const userId of userIds) {
      if ((await holderBeside(of, userId)) !== null) continue;
      if (await holdsOurs(of, userId)) return waits('A pass still takes its access away.');
      if (await removeUserOfOurs(of, userId)) removed += 1;
    }
  } catch (error) {
    if (!(error instanceof KisiError)) throw error;
    return waits(`Kisi does not answer as it should (${error.message}).`);
  }
  await deps.store.memberLinks.unlink(link);
  return { outcome: 'gone', removed, kept: userIds.length - removed };
}

/** Whether the user still has rows of ours; their passes are told to look. */
async function holdsOurs(
  { deps, kisi, organizationId, memberId, attempt }: UserOfMember,
  userId: number,
): Promise<boolean> {
  const rows = await kisi.listRoleAssignments({ userId }, attempt.call);
  if (rows.length === 0) return false;
  const stored = new Set(
    (await deps.store.kisiRows.allOf(organizationId)).map((row) => row.roleAssignmentId),
  );
  let holds = rows.some((row) => stored.has(row.id));
  for (const { groupId, roleId } of rows) {
    if (groupId === null || roleId !== DOOR_ACCESS_ROLE) continue;
    const own = await deps.store.lockGroups.byGroup(organizationId, groupId);
    if (!own) continue;
    holds = true;
    const target = { kind: 'lock' as const, id: own.lockId };
    await deps.messages.pokePass({ memberId, organizationId, target }, PRIORITY.due, true);
  }
  return holds;
}

function waits(waitsFor: string): EraseKisiUsersResult {
  return { outcome: 'waits', afterMs: WAIT_MS, waitsFor };
}

/** Takes what is said of the member out of log, grants, stored answers and imports that wait. */
export async function forgetMember(
  { store }: AccessDeps,
  { memberId }: { memberId: string },
): Promise<void> {
  await store.accessLog.forgetReasons(memberId, ERASED_REASON);
  await store.grants.forgetReasons(memberId, ERASED_REASON);
  await store.idempotency.forgetAnswersWith(memberId);
  const erasure = await store.members.erasure(memberId);
  if (erasure) await store.imports.forgetMember(memberId, erasure.erasedAt);
}

/** Ends the job; from then on the id may be used for a new member. */
export async function endErasure(
  { store }: AccessDeps,
  { memberId, jobId, result }: { memberId: string; jobId: string; result: ErasureResult },
): Promise<void> {
  await store.members.finishErasure(memberId);
  await store.jobs.end(jobId, { state: 'done', message: null, result });
}
