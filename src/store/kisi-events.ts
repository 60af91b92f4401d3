import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { KisiDeletionMeaning, RowChange } from '../domain/kisi-drift';
import { date, documentSchema, partSchema, retryUpsertRace } from './documents';

/** Somebody changed or deleted at Kisi what Latchkey gives. Holds no name and no e-mail. */
export interface KisiDrift {
  change: RowChange;
  /** `revoke`: at least one grant was revoked. */
  answer: KisiDeletionMeaning;
  roleAssignmentId: number;
  memberId: string;
  /** Those that were answered so. */
  grantIds: string[];
  /** Kisi's actor, such as `User:1002`. */
  actor: string;
}

/** A drift with the time of its event, ms UTC. */
export type SeenDrift = KisiDrift & { at: number };

/**
 * Events of Kisi's webhooks that were followed to the end: Kisi sends each at least once. Thirty days
 * are kept.
 */
export interface KisiEventStore {
  isDone(integrationId: string, uuid: string): Promise<boolean>;
  /** Again: the first word stays. True: this was the first. */
  markDone(
    integrationId: string,
    event: { uuid: string; type: string; at: number; drift: KisiDrift | null },
  ): Promise<boolean>;
  /** How many drifts there were since the instant (ms, UTC), and the latest of all. */
  drifts(
    integrationId: string,
    since: number,
  ): Promise<{ count: number; latest: SeenDrift | null }>;
}

interface KisiEventDoc {
  /** `<integrationId>:<uuid>` */
  _id: string;
  integrationId: string;
  type: string;
  /** When it happened, by Kisi's clock. */
  at: Date;
  isDrift: boolean;
  drift: KisiDrift | null;
  doneAt: Date;
}

const KEPT_S = 30 * 86_400;

const driftSchema = partSchema<KisiDrift>({
  change: { type: String, required: true },
  answer: { type: String, required: true },
  roleAssignmentId: { type: Number, required: true },
  memberId: { type: String, required: true },
  grantIds: { type: [String], required: true },
  actor: { type: String, required: true },
});

const eventSchema = documentSchema<KisiEventDoc>({
  _id: { type: String, required: true },
  integrationId: { type: String, required: true },
  type: { type: String, required: true },
  at: { type: Date, required: true },
  isDrift: { type: Boolean, required: true },
  drift: { type: driftSchema, default: null },
  doneAt: { type: Date, required: true },
})
  .index({ integrationId: 1, isDrift: 1, at: -1 })
  .index({ doneAt: 1 }, { expireAfterSeconds: KEPT_S });

export function kisiEventStore(connection: Connection, clock: Clock): KisiEventStore {
  const events = connection.model<KisiEventDoc>('KisiEvent', eventSchema, 'kisiEvents');
  const idOf = (integrationId: string, uuid: string): string => `${integrationId}:${uuid}`;

  return {
    async isDone(integrationId, uuid) {
      return (await events.exists({ _id: idOf(integrationId, uuid) })) !== null;
    },

    async markDone(integrationId, { uuid, type, at, drift }) {
      const fields = { integrationId, type, at: date(at), isDrift: drift !== null, drift };
      const done = await retryUpsertRace(() =>
        events.updateOne(
          { _id: idOf(integrationId, uuid) },
          { $setOnInsert: { ...fields, doneAt: date(clock.now()) } },
          { upsert: true },
        ),
      );
      return done.upsertedCount > 0;
    },

    async drifts(integrationId, since) {
      const isDrift = { integrationId, isDrift: true };
      const [count, doc] = await Promise.all([
        events.countDocuments({ ...isDrift, at: { $gte: date(since) } }),
        events.findOne(isDrift).sort({ at: -1 }).lean(),
      ]);
      return { count, latest: doc?.drift ? { ...doc.drift, at: doc.at.getTime() } : null };
    },
  };
}
