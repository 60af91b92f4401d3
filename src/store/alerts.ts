import type { Connection, QueryFilter } from 'mongoose';
import type { Clock } from '../clock';
import type { Alert, AlertChanges, AlertKind, NoticeRef } from '../domain/alerts';
import {
  among,
  date,
  dateOrNull,
  documentSchema,
  given,
  inBatches,
  msOrNull,
  partSchema,
} from './documents';
import { findPage, type Page, type PageRequest, type SortKey } from './page';

export interface AlertFilter {
  /** True: only those that stand; false: only those that are over. */
  open?: boolean;
  kind?: AlertKind;
  integrationId?: string;
  /** Alerts of one of these. */
  integrationIds?: readonly string[];
}

/** An alert with the notices that were written of it. */
export interface StoredAlert extends Alert {
  noticeIds: string[];
}

/** Alerts are kept for 90 days after they were closed. */
export interface AlertStore {
  /** All that stand. */
  open(): Promise<StoredAlert[]>;
  /** Of each of these keys every alert that is kept, the latest among them. */
  ofKeys(keys: readonly string[]): Promise<StoredAlert[]>;
  /** Writes down what follows; the same changes twice, or later, change nothing. */
  apply(changes: AlertChanges): Promise<void>;
  /** Those whose notice nobody has written yet, with what it is. */
  untold(): Promise<{ alert: StoredAlert; notice: NoticeRef }[]>;
  /** The notice with this id is written. */
  markTold(noticeId: string): Promise<void>;
  /** Latest first. */
  list(filter: AlertFilter, page: PageRequest): Promise<Page<StoredAlert>>;
}

type AlertDoc = Omit<StoredAlert, 'id' | 'since' | 'openedAt' | 'clearSince' | 'closedAt'> & {
  _id: string;
  since: Date;
  openedAt: Date;
  clearSince: Date | null;
  closedAt: Date | null;
  /** A notice that is still to be written. */
  untold: NoticeRef | null;
};

const KEPT_SECONDS = 90 * 86_400;

const alertSchema = documentSchema<AlertDoc>({
  _id: { type: String, required: true },
  key: { type: String, required: true },
  kind: { type: String, required: true },
  integrationId: { type: String, default: null },
  grantId: { type: String, default: null },
  since: { type: Date, required: true },
  what: { type: String, required: true },
  nextStep: { type: String, required: true },
  episode: { type: Number, required: true },
  openedAt: { type: Date, required: true },
  isFlapping: { type: Boolean, required: true },
  clearSince: { type: Date, default: null },
  closedAt: { type: Date, default: null },
  noticeIds: { type: [String], required: true },
  untold: {
    type: partSchema<NoticeRef>({
      id: { type: String, required: true },
      kind: { type: String, required: true },
    }),
    default: null,
  },
})
  .index({ key: 1 })
  .index({ openedAt: -1, _id: -1 })
  .index({ 'untold.id': 1 })
  // The TTL passes over alerts that are open: `null` is no date.
  .index({ closedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const LATEST_FIRST: readonly SortKey[] = [
  { field: 'openedAt', direction: -1, type: 'date' },
  { field: '_id', direction: -1, type: 'string' },
];

function toAlert(doc: AlertDoc): StoredAlert {
  const { _id, key, kind, integrationId, grantId, what, nextStep } = doc;
  return {
    id: _id,
    key,
    kind,
    integrationId,
    grantId,
    what,
    nextStep,
    episode: doc.episode,
    isFlapping: doc.isFlapping,
    noticeIds: doc.noticeIds,
    since: doc.since.getTime(),
    openedAt: doc.openedAt.getTime(),
    clearSince: msOrNull(doc.clearSince),
    closedAt: msOrNull(doc.closedAt),
  };
}

export function alertStore(connection: Connection, clock: Clock): AlertStore {
  const alerts = connection.model<AlertDoc>('Alert', alertSchema, 'alerts');

  const insert = ({
    alert: { id, since, openedAt, clearSince, closedAt, ...rest },
    notice,
  }: AlertChanges['opened'][number]) => ({
    updateOne: {
      filter: { _id: id },
      update: {
        $setOnInsert: {
          ...rest,
          since: date(since),
          openedAt: date(openedAt),
          clearSince: dateOrNull(clearSince),
          closedAt: dateOrNull(closedAt),
          noticeIds: [],
          untold: notice,
        },
      },
      upsert: true,
    },
  });

  const changeOpen = (id: string, fields: Partial<AlertDoc>) => ({
    updateOne: { filter: { _id: id, closedAt: null }, update: { $set: fields } },
  });

  return {
    async open() {
      return (await alerts.find({ closedAt: null }).lean()).map(toAlert);
    },

    async ofKeys(keys) {
      if (keys.length === 0) return [];
      return (await alerts.find({ key: { $in: [...keys] } }).lean()).map(toAlert);
    },

    async apply({ opened, reworded, cleared, closed }) {
      const now = date(clock.now());
      const writes = [
        ...opened.map(insert),
        ...reworded.map(({ id, what, nextStep }) => changeOpen(id, { what, nextStep })),
        ...cleared.map(({ id, since }) => changeOpen(id, { clearSince: dateOrNull(since) })),
        ...closed.map(({ id, notice }) => changeOpen(id, { closedAt: now, untold: notice })),
      ];
      await inBatches(writes, (batch) => alerts.bulkWrite(batch, { ordered: false }));
    },

    async untold() {
      const docs = await alerts
        .find({ untold: { $ne: null } })
        .sort({ since: 1, _id: 1 })
        .lean();
      return docs.flatMap((doc) =>
        doc.untold ? [{ alert: toAlert(doc), notice: doc.untold }] : [],
      );
    },

    async markTold(noticeId) {
      await alerts.updateMany(
        { 'untold.id': noticeId },
        { $set: { untold: null }, $addToSet: { noticeIds: noticeId } },
      );
    },

    list({ open, kind, integrationId, integrationIds }, page) {
      const filter: QueryFilter<AlertDoc> = {
        ...given({ kind, integrationId: among(integrationId, integrationIds) }),
        ...(open !== undefined && { closedAt: open ? null : { $ne: null } }),
      };
      return findPage(alerts, filter, LATEST_FIRST, page, toAlert);
    },
  };
}
