import { setTimeout as sleep } from 'node:timers/promises';
import type { EnsureLockGroupResult } from '../contracts/activities';
import {
  KisiError,
  KisiThrottled,
  OPEN_GROUP,
  type KisiClient,
  type KisiGroup,
  type KisiGroupLock,
} from '../kisi';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { problemOfStop } from './emergency-stop';
import { rememberFault, retryAfter } from './integration-fault';
import { integrationFault, refusal } from './problems';

const SLOW_RETRY_MS = 15 * 60_000;
/** Tries within one attempt: each waits twice as long as the one before. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 2_000;

/** Kisi keeps no metadata on groups, so the mark stands in the description. */
export function lockGroupMark(lockId: number): string {
  return `[latchkey:lock:${String(lockId)}]`;
}

/** Whether a Kisi group's description says that we made it for some lock. */
export function bearsLockGroupMark(description: string | null): boolean {
  return /\[latchkey:lock:\d+\]/.test(description ?? '');
}

/**
 * Finds, by our mark, or makes the Kisi group that holds just this lock, and puts right what differs
 * (members of another lock, restrictions). Idempotent: a lost answer is found by the next attempt.
 */
export async function ensureLockGroup(
  deps: AccessDeps,
  input: { organizationId: number; lockId: number },
): Promise<EnsureLockGroupResult> {
  const integration = await deps.store.integrations.byOrganization(input.organizationId);
  // Removed meanwhile: nobody needs the group before the organization is connected again.
  if (integration?.active === false) return { outcome: 'given_up' };
  // Its release pokes the passes, which ask again.
  if (integration?.emergencyStop) {
    const { detail } = problemOfStop(integration.emergencyStop);
    return { outcome: 'again', afterMs: SLOW_RETRY_MS, waitsFor: detail };
  }
  const attempt = new Attempt();
  for (let retryMs = FIRST_RETRY_MS; ; retryMs *= 2) {
    try {
      return { outcome: 'stands', groupId: await stand(deps, input, attempt) };
    } catch (error) {
      if (!(error instanceof KisiError)) throw error;
      // One lost reply is no outage: the next try finds what it made.
      const isPassing = error.kind === 'unavailable' || error.outcomeUnknown;
      if (!isPassing || !attempt.isYoung || retryMs > LAST_RETRY_MS) {
        return later(deps, input.organizationId, error);
      }
      await sleep(retryMs);
    }
  }
}

async function stand(
  deps: AccessDeps,
  { organizationId, lockId }: { organizationId: number; lockId: number },
  attempt: Attempt,
): Promise<number> {
  const kisi = await deps.kisi.forOrganization(organizationId);
  const marked = await findMarked(kisi, lockId, attempt);
  if (marked) await openToAllMeans(kisi, marked, lockId, attempt);
  const group = marked ?? (await make(kisi, lockId, attempt));
  const held = await kisi.listGroupLocks({ groupId: group.id }, attempt.call);
  await holdJustThisLock(kisi, group.id, lockId, held, attempt);
  await deps.store.lockGroups.put({ organizationId, lockId, groupId: group.id });
  return group.id;
}

async function later(
  deps: AccessDeps,
  organizationId: number,
  error: KisiError,
): Promise<EnsureLockGroupResult> {
  const fault = integrationFault(error);
  if (fault) {
    const integration = await deps.store.integrations.byOrganization(organizationId);
    if (integration) await rememberFault(deps, integration, fault);
    return { outcome: 'again', afterMs: retryAfter(fault.type), waitsFor: fault.detail };
  }
  if (error instanceof KisiThrottled) {
    return { outcome: 'again', afterMs: error.retryAfterMs ?? 1_000, waitsFor: refusal(error) };
  }
  const afterMs = error.kind === 'too_late' ? 1_000 : SLOW_RETRY_MS;
  return { outcome: 'again', afterMs, waitsFor: refusal(error) };
}

async function findMarked(
  kisi: KisiClient,
  lockId: number,
  attempt: Attempt,
): Promise<KisiGroup | null> {
  const groups = await kisi.listGroups({ query: nameOf(lockId) }, attempt.call);
  return groups.find((group) => isMarked(group, lockId)) ?? null;
}

function isMarked({ description }: KisiGroup, lockId: number): boolean {
  return description?.includes(lockGroupMark(lockId)) ?? false;
}

/** Takes a group's limits off, and marks it again where the mark is gone. True: something differed. */
export async function openToAllMeans(
  kisi: KisiClient,
  group: KisiGroup,
  lockId: number,
  attempt: Attempt,
): Promise<boolean> {
  const settings = Object.entries(OPEN_GROUP) as [keyof typeof OPEN_GROUP, boolean][];
  const marked = isMarked(group, lockId);
  if (marked && settings.every(([setting, value]) => group[setting] === value)) return false;
  const description = `${group.description ?? ''} ${lockGroupMark(lockId)}`.trim();
  const change = { ...OPEN_GROUP, ...(marked ? {} : { description }) };
  await kisi.updateGroup(group.id, change, attempt.call);
  return true;
}

async function make(kisi: KisiClient, lockId: number, attempt: Attempt): Promise<KisiGroup> {
  const lock = await kisi.getLock(lockId, attempt.call);
  const description = `Door access to ${lock.name}. Made and kept by Latchkey, do not edit. ${lockGroupMark(lockId)}`;
  return kisi.createGroup({ name: nameOf(lockId), description }, attempt.call);
}

/**
 * Makes the group hold this lock and no other. True: something differed.
 *
 * @param held what the group holds now
 */
export async function holdJustThisLock(
  kisi: KisiClient,
  groupId: number,
  lockId: number,
  held: readonly KisiGroupLock[],
  attempt: Attempt,
): Promise<boolean> {
  const others = held.filter((entry) => entry.lockId !== lockId);
  const holds = others.length < held.length;
  if (!holds) await kisi.createGroupLock({ groupId, lockId }, attempt.call);
  for (const other of others) await kisi.deleteGroupLock(other.id, attempt.call);
  return !holds || others.length > 0;
}

/** Also what Kisi's fuzzy search is asked for; the mark decides. */
function nameOf(lockId: number): string {
  return `Latchkey lock ${String(lockId)}`;
}
