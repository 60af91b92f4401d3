import type {
  DoorKisiActivities,
  PullDoorsResult,
  PullProgress,
} from '../contracts/door-activities';
import {
  KisiError,
  KisiThrottled,
  type CallOptions,
  type KisiClient,
  type KisiGroup,
} from '../kisi';
import { groupAtKisi, lockAtKisi } from '../store';
import type { AccessDeps } from './deps';
import { rememberFault } from './integration-fault';
import { NotConnected } from './kisi-connections';
import { permissionsOf, remedyFor } from './key-rights';
import { withoutLockGroups } from './mappable-groups';
import { integrationFault } from './problems';

/** What the surroundings of one attempt offer. */
export interface PullAttempt {
  /** Aborted when the attempt is over. */
  signal: AbortSignal;
  /** Hears of every step, and keeps how far it is for the next attempt. */
  heartbeat: (progress: PullProgress) => void;
}

/** Kisi's names of the rights that each list needs (openapi.yaml, permissions of a role). */
const RIGHTS = { locks: 'locks_read', groups: 'groups_read', groupLocks: 'group_locks_read' };

const OUTAGE_PAUSE_MS = 10_000;
/** The job's progress is for eyes: it is not written for every single group. */
const PROGRESS_EVERY = 10;

/**
 * Reads all locks, all groups and the locks in each group. What was read is kept at once, so that an
 * attempt that dies half-way, or an outage, costs little: the next goes on with the groups that have
 * not been seen. A list that the key may not read is left out and its right named; it says nothing
 * about what is there.
 */
export async function pullDoors(
  deps: AccessDeps,
  input: Parameters<DoorKisiActivities['pullDoors']>[0],
  attempt: PullAttempt,
): Promise<PullDoorsResult> {
  const pull = new Pull(deps, input, attempt);
  try {
    return await pull.run(await deps.kisi.forOrganization(input.organizationId));
  } catch (error) {
    if (error instanceof NotConnected) {
      return { outcome: 'failed', message: 'The integration has no key any more.' };
    }
    if (!(error instanceof KisiError)) throw error;
    const outcome = await outcomeOf(deps, input.organizationId, error, pull.progress);
    if (outcome.outcome === 'again') {
      await deps.store.jobs.progress(input.jobId, { message: outcome.waitsFor });
    }
    return outcome;
  }
}

class Pull {
  readonly progress: PullProgress;
  readonly #deps: AccessDeps;
  readonly #input: Parameters<DoorKisiActivities['pullDoors']>[0];
  readonly #options: CallOptions;
  readonly #missingRights: string[] = [];

  constructor(
    deps: AccessDeps,
    input: Parameters<DoorKisiActivities['pullDoors']>[0],
    attempt: PullAttempt,
  ) {
    this.#deps = deps;
    this.#input = input;
    this.progress = { ...input.progress };
    this.#options = {
      signal: attempt.signal,
      onCall: () => {
        this.progress.calls += 1;
        attempt.heartbeat(this.progress);
      },
    };
  }

  async run(kisi: KisiClient): Promise<PullDoorsResult> {
    const { organizationId, seenAt } = this.#input;
    const { kisiDoors } = this.#deps.store;
    await this.#checkLocksRight(kisi);
    if (!this.progress.locksRead) {
      const locks = await kisi.listLocks({}, this.#options);
      await kisiDoors.putLocks(organizationId, locks.map(lockAtKisi), seenAt);
      this.progress.locksRead = true;
    }
    const lockCount = (await kisiDoors.seenAt(organizationId, 'lock', seenAt)).length;
    const groups = await this.#unlessForbidden(RIGHTS.groups, () =>
      kisi.listGroups({}, this.#options),
    );
    if (groups) {
      const mappable = await withoutLockGroups(this.#deps.store, { organizationId }, groups);
      await this.#readGroups(kisi, mappable, lockCount);
    }
    return {
      outcome: 'pulled',
      progress: this.progress,
      lists: [
        { kind: 'lock', whole: !this.#missingRights.includes(RIGHTS.locks) },
        ...(groups ? [{ kind: 'group', whole: true } as const] : []),
      ],
      missingRights: this.#missingRights,
      message: this.#messageOf(lockCount, groups),
    };
  }

  /**
   * To an account that may not read locks Kisi shows its own doors alone, or none, and says nothing of
   * it: the list would look whole.
   */
  async #checkLocksRight(kisi: KisiClient): Promise<void> {
    const { ownerId } = await kisi.organization(this.#options);
    const { id } = await kisi.currentUser(this.#options);
    if (ownerId === id) return;
    const permitted = await permissionsOf(kisi, id, this.#options);
    if (!permitted.has(RIGHTS.locks)) this.#missingRights.push(RIGHTS.locks);
  }

  /** Those that this sync has seen already, in an earlier attempt, are passed over. */
  async #readGroups(kisi: KisiClient, groups: KisiGroup[], lockCount: number): Promise<void> {
    const { organizationId, seenAt, jobId } = this.#input;
    const { kisiDoors, jobs } = this.#deps.store;
    const seen = new Set(
      (await kisiDoors.seenAt(organizationId, 'group', seenAt)).map(({ id }) => id),
    );
    const total = lockCount + groups.length;
    let mayReadLocks = true;
    for (const [index, group] of groups.entries()) {
      if (index % PROGRESS_EVERY === 0) {
        await jobs.progress(jobId, { done: lockCount + index, total, message: null });
      }
      if (seen.has(group.id)) continue;
      const lockIds: readonly number[] | null = mayReadLocks
        ? await this.#locksIn(kisi, group)
        : null;
      mayReadLocks &&= lockIds !== null;
      await kisiDoors.putGroups(organizationId, [groupAtKisi(group, lockIds)], seenAt);
    }
    await jobs.progress(jobId, { done: total, total, message: null });
  }

  /** `null`: the key may not read them. A group that is gone by now holds none. */
  async #locksIn(kisi: KisiClient, group: KisiGroup): Promise<number[] | null> {
    if (group.locksCount === 0) return [];
    try {
      const held = await this.#unlessForbidden(RIGHTS.groupLocks, () =>
        kisi.listGroupLocks({ groupId: group.id }, this.#options),
      );
      return held?.map(({ lockId }) => lockId) ?? null;
    } catch (error) {
      if (error instanceof KisiError && error.kind === 'missing') return [];
      throw error;
    }
  }

  /** `null` where Kisi says 403, and the right is noted as missing. */
  async #unlessForbidden<Result>(
    right: string,
    read: () => Promise<Result>,
  ): Promise<Result | null> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof KisiError) || error.status !== 403) throw error;
      this.#missingRights.push(right);
      return null;
    }
  }

  #messageOf(lockCount: number, groups: readonly KisiGroup[] | null): string | null {
    if (this.#missingRights.length > 0) {
      const rights = this.#missingRights.join(', ');
      return `The key lacks ${rights}, so that not all could be read. ${remedyFor(rights)}`;
    }
    if (lockCount === 0 && groups?.length === 0) {
      return 'The organization has no locks and no groups: set them up in the Kisi dashboard first.';
    }
    return null;
  }
}

async function outcomeOf(
  deps: AccessDeps,
  organizationId: number,
  error: KisiError,
  progress: PullProgress,
): Promise<PullDoorsResult> {
  if (error.kind === 'throttled') {
    const asked = error instanceof KisiThrottled ? error.retryAfterMs : null;
    return again(progress, asked ?? OUTAGE_PAUSE_MS, 'Kisi asks to wait: too many requests.');
  }
  const fault = integrationFault(error);
  if (fault?.type === 'kisi_unavailable' || error.kind === 'too_late') {
    return again(progress, OUTAGE_PAUSE_MS, 'Kisi cannot be reached; it goes on by itself.');
  }
  if (fault && error.status === 401) {
    const integration = await deps.store.integrations.byOrganization(organizationId);
    if (integration) await rememberFault(deps, integration, fault);
  }
  return { outcome: 'failed', message: fault?.detail ?? `Kisi refused: ${error.message}.` };
}

function again(progress: PullProgress, afterMs: number, waitsFor: string): PullDoorsResult {
  return { outcome: 'again', progress, afterMs, waitsFor };
}
