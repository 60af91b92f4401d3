import { ServiceError } from '@temporalio/client';
import type { MessageMeta } from '../../src/contracts/grant-messages';
import type { Clock } from '../../src/clock';
import type { Grant } from '../../src/domain/grant';
import {
  askedAgain,
  isOver,
  restored,
  windowFault,
  withStop,
  withWindow,
} from '../../src/domain/grant-life';
import type { Store } from '../../src/store';
import type { CommandAnswer, GrantCommands, WindowChange } from '../../src/temporal/grant-commands';

/** How Temporal behaves: answers at once, takes what it cannot finish in time, or is away. */
export type TemporalMood = 'prompt' | 'slow' | 'away';

/**
 * Stands for the workflows where only HTTP is judged: it keeps the rules of `src/domain`, writes the
 * read model as the workflow's activities would, and needs no Temporal.
 */
export class FakeGrantCommands implements GrantCommands {
  mood: TemporalMood = 'prompt';
  readonly started: Grant[] = [];
  readonly messages: { command: string; grantId: string; meta: MessageMeta }[] = [];

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  async start(grant: Grant): Promise<'started' | 'already_started'> {
    this.refuseWhenAway();
    if (this.started.some(({ id }) => id === grant.id)) return 'already_started';
    this.started.push(grant);
    if (this.mood === 'prompt') await this.settle(grant);
    return 'started';
  }

  changeWindow(grantId: string, change: WindowChange, meta: MessageMeta): Promise<CommandAnswer> {
    return this.command('changeWindow', grantId, meta, (grant, now) => {
      const startsAt = change.startsAt ?? grant.startsAt;
      const endsAt = change.endsAt === undefined ? grant.endsAt : change.endsAt;
      const fault = windowFault(startsAt, endsAt);
      if (fault !== null) return { outcome: 'refused', refusal: 'window_invalid', detail: fault };
      return withWindow(grant, { startsAt, endsAt }, now, by(meta), meta.reason ?? null);
    });
  }

  revoke(grantId: string, meta: MessageMeta): Promise<CommandAnswer> {
    return this.command('revoke', grantId, meta, (grant, now) =>
      withStop(grant, 'admin', now, by(meta), meta.reason ?? null),
    );
  }

  restore(grantId: string, meta: MessageMeta): Promise<CommandAnswer> {
    return this.command('restore', grantId, meta, (grant, now) =>
      isOver(grant, now)
        ? { outcome: 'refused', refusal: 'grant_over', detail: 'The grant is over.' }
        : restored(grant, now, by(meta), meta.reason ?? null),
    );
  }

  retryNow(grantId: string, meta: MessageMeta): Promise<CommandAnswer> {
    return this.command('retryNow', grantId, meta, (grant, now) =>
      askedAgain(grant, now, by(meta), meta.reason ?? null),
    );
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- the interface is asynchronous
  async checkHealth(): Promise<void> {
    this.refuseWhenAway();
  }

  private async command(
    command: string,
    grantId: string,
    meta: MessageMeta,
    change: (grant: Grant, now: number) => Grant | CommandAnswer,
  ): Promise<CommandAnswer> {
    this.refuseWhenAway();
    this.messages.push({ command, grantId, meta });
    const grant = await this.store.grants.get(grantId);
    if (grant === null) return { outcome: 'not_found' };
    if (this.mood === 'slow') return { outcome: 'accepted' };
    const changed = change(grant, this.clock.now());
    if ('outcome' in changed) return changed;
    return { outcome: 'answered', grant: await this.settle(changed) };
  }

  private async settle(grant: Grant): Promise<Grant> {
    const now = this.clock.now();
    const gone = grant.stops.length > 0 || isOver(grant, now);
    const settled: Grant = {
      ...grant,
      revision: Math.max(grant.revision, 1),
      recordNumber: grant.recordNumber + 1,
      settled: true,
      provisioning: gone ? 'removed' : 'in_place',
      inPlaceAt: gone ? null : now,
      removedAt: gone ? now : null,
    };
    await this.store.grants.replaceGrant(settled);
    return settled;
  }

  private refuseWhenAway(): void {
    if (this.mood === 'away') throw new ServiceError('14 UNAVAILABLE: secret-host:7233');
  }
}

function by(meta: MessageMeta): NonNullable<MessageMeta['by']> {
  return meta.by ?? { type: 'system', id: 'test' };
}
