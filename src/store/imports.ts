import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { ImportKind } from '../contracts/import-activities';
import { date, documentSchema, idsUnder, retryUpsertRace } from './documents';

/** Items of an import that are taken at once. */
export interface ImportChunk {
  kind: ImportKind;
  /** Where the first of them stands in its list. */
  firstIndex: number;
  /** As they were sent. */
  items: unknown[];
}

/** What waits to be imported, from before the import begins until it has ended; 30 days at most. */
export interface ImportStore {
  /** Chunks are numbered from 0. The same again changes nothing. */
  put(jobId: string, chunk: number, content: ImportChunk): Promise<void>;
  get(jobId: string, chunk: number): Promise<ImportChunk | null>;
  remove(jobId: string): Promise<void>;
}

interface ImportChunkDoc {
  _id: string;
  jobId: string;
  kind: ImportKind;
  firstIndex: number;
  /** JSON text: items may hold keys that MongoDB would read as paths or operators. */
  items: string;
  createdAt: Date;
}

const KEPT_SECONDS = 30 * 86_400;

const chunkSchema = documentSchema<ImportChunkDoc>({
  _id: { type: String, required: true },
  jobId: { type: String, required: true },
  kind: { type: String, required: true },
  firstIndex: { type: Number, required: true },
  items: { type: String, required: true },
  createdAt: { type: Date, required: true },
}).index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const idOf = (jobId: string, chunk: number): string => `${jobId}|${String(chunk)}`;

export function importStore(connection: Connection, clock: Clock): ImportStore {
  const chunks = connection.model<ImportChunkDoc>('ImportChunk', chunkSchema, 'importChunks');

  return {
    async put(jobId, chunk, { kind, firstIndex, items }) {
      await retryUpsertRace(() =>
        chunks.updateOne(
          { _id: idOf(jobId, chunk) },
          {
            $setOnInsert: {
              jobId,
              kind,
              firstIndex,
              items: JSON.stringify(items),
              createdAt: date(clock.now()),
            },
          },
          { upsert: true },
        ),
      );
    },

    async get(jobId, chunk) {
      const doc = await chunks.findById(idOf(jobId, chunk)).lean();
      if (!doc) return null;
      const { kind, firstIndex, items } = doc;
      return { kind, firstIndex, items: JSON.parse(items) as unknown[] };
    },

    async remove(jobId) {
      await chunks.deleteMany({ _id: idsUnder(jobId), jobId });
    },
  };
}
