import { ServiceError } from '@temporalio/client';
import type { SourceEvents } from '../../api/deps';
import { applySource } from '../../src/access/apply-source';
import type { AccessDeps } from '../../src/access/deps';
import { storeSnapshots } from '../../src/access/store-snapshots';
import type { Clock } from '../../src/clock';
import type { AccessChange } from '../../src/contracts/mapping-change';
import type { Actor, Grant } from '../../src/domain/grant';
import { isOver } from '../../src/domain/grant-life';
import type { SourceRef } from '../../src/domain/source';
import { createLogger } from '../../src/logging';
import type { Job, Store } from '../../src/store';
import type { TemporalMood } from './fake-grant-commands';

/**
 * Stands for the workflows of bookings and memberships where only HTTP is judged: it stores and
 * applies by the real activities' code, and settles grants at once instead of telling Kisi.
 * `slow`: Temporal takes the message, nobody works on it.
 */
export class FakeSources implements SourceEvents {
  mood: TemporalMood = 'prompt';
  readonly sent: { source: SourceRef; message: object }[] = [];
  readonly changes: AccessChange[] = [];

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
  ) {}

  async changeSource(source: SourceRef, message: object): Promise<void> {
    this.refuseWhenAway();
    this.sent.push({ source, message });
    if (this.mood === 'slow') return;
    await storeSnapshots(this.deps, source, [message]);
    await this.apply(source, []);
  }

  private async apply(source: SourceRef, release: string[]): Promise<void> {
    const result = await applySource(this.deps, { source, release });
    if (result.outcome === 'successors') await this.apply(source, result.held);
  }

  async changed(change: AccessChange, by: Actor): Promise<Job> {
    this.refuseWhenAway();
    this.changes.push(change);
    return this.store.jobs.begin({
      id: `job_${String(this.changes.length)}`,
      kind: 'mapping_change',
      subjectId: 'changed',
      by,
    });
  }

  private get deps(): Pick<AccessDeps, 'store' | 'clock' | 'log' | 'messages'> {
    const messages: Pick<AccessDeps['messages'], 'followSource' | 'lookAgainAtSource'> = {
      followSource: (grant) => this.settle(grant),
      lookAgainAtSource: (source) => this.apply(source, []),
    };
    const log = createLogger({ level: 'silent', process: 'test' });
    return {
      store: this.store,
      clock: this.clock,
      log,
      messages: messages as AccessDeps['messages'],
    };
  }

  private async settle(grant: Grant): Promise<void> {
    const now = this.clock.now();
    const gone = grant.stops.length > 0 || isOver(grant, now);
    await this.store.grants.replaceGrant({
      ...grant,
      revision: Math.max(grant.revision, 1),
      recordNumber: grant.recordNumber + 1,
      settled: true,
      provisioning: gone ? 'removed' : 'in_place',
      inPlaceAt: gone ? null : now,
      removedAt: gone ? now : null,
    });
  }

  private refuseWhenAway(): void {
    if (this.mood === 'away') throw new ServiceError('14 UNAVAILABLE: secret-host:7233');
  }
}
