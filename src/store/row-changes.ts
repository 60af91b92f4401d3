import { randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { date, documentSchema } from './documents';

/** What was about to be sent to Kisi about a role assignment. */
export type SentRowChange = 'deletion' | 'change';

/** Which notes are meant: of one kind, about one row, in one of these spans (ms UTC, ends included). */
export interface NotesOf {
  organizationId: number;
  roleAssignmentId: number;
  kind: SentRowChange;
  spans: readonly { from: number; to: number }[];
}

/**
 * Every change and deletion of a role assignment that we send, noted before it is sent, so that Kisi's
 * event about it can be told from one about somebody else's doing, however late it comes. Two days
 * are kept.
 */
export interface RowChangeStore {
  /** Answers the id of the note. */
  note(organizationId: number, roleAssignmentId: number, kind: SentRowChange): Promise<string>;
  /** Kisi has surely not done it. */
  withdraw(noteId: string): Promise<void>;
  /** Whether there is such a note, whichever event it belongs to. */
  wasSent(notes: NotesOf): Promise<boolean>;
  /**
   * Gives the event the oldest of these notes that no other event has; the note is this event's from
   * then on. An event that comes again has the note that it had. False: there is none for it.
   */
  claimForEvent(uuid: string, notes: NotesOf): Promise<boolean>;
}

interface RowChangeDoc {
  _id: string;
  organizationId: number;
  roleAssignmentId: number;
  kind: SentRowChange;
  /** Kisi's event about it; `null`: none has come. */
  eventUuid: string | null;
  at: Date;
}

const KEPT_S = 2 * 86_400;

const rowChangeSchema = documentSchema<RowChangeDoc>({
  _id: { type: String, required: true },
  organizationId: { type: Number, required: true },
  roleAssignmentId: { type: Number, required: true },
  kind: { type: String, required: true },
  eventUuid: { type: String, default: null },
  at: { type: Date, required: true },
})
  .index({ roleAssignmentId: 1, organizationId: 1 })
  .index({ at: 1 }, { expireAfterSeconds: KEPT_S });

export function rowChangeStore(connection: Connection, clock: Clock): RowChangeStore {
  const notes = connection.model<RowChangeDoc>('RowChange', rowChangeSchema, 'rowChanges');

  return {
    async note(organizationId, roleAssignmentId, kind) {
      const _id = randomUUID();
      await notes.create({
        _id,
        organizationId,
        roleAssignmentId,
        kind,
        eventUuid: null,
        at: date(clock.now()),
      });
      return _id;
    },

    async withdraw(noteId) {
      await notes.deleteOne({ _id: noteId });
    },

    async wasSent({ spans, ...of }) {
      const docs = await notes.find(of).lean();
      return docs.some(({ at }) => isIn(spans, at));
    },

    async claimForEvent(uuid, { spans, ...of }) {
      const isFree = { eventUuid: { $in: [null, uuid] } };
      const docs = await notes
        .find({ ...of, ...isFree })
        .sort({ at: 1, _id: 1 })
        .lean();
      if (docs.some(({ eventUuid }) => eventUuid === uuid)) return true;
      for (const { _id } of docs.filter(({ at }) => isIn(spans, at))) {
        const claimed = await notes.updateOne({ _id, ...isFree }, { $set: { eventUuid: uuid } });
        if (claimed.matchedCount > 0) return true;
      }
      return false;
    },
  };
}

function isIn(spans: NotesOf['spans'], at: Date): boolean {
  return spans.some(({ from, to }) => from <= at.getTime() && at.getTime() <= to);
}
