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

/** A chunk as it is kept. */
export interface KeptChunk extends ImportChunk {
  /** When the host sent it: milliseconds since the epoch, UTC. */
  createdAt: number;
  /** Positions in `items` of members who were erased since; `null` stands there. */
  forgotten: readonly number[];
}

/** What waits to be imported, from before the import begins until it has ended; 30 days at most. */
export interface ImportStore {
  /** Chunks are numbered from 0. The same again changes nothing. */
  put(jobId: string, chunk: number, content: ImportChunk): Promise<void>;
  get(jobId: string, chunk: number): Promise<KeptChunk | null>;
  /** Leaves nothing of what was said of the member until `erasedAt` (ms, UTC); the others keep their places. */
  forgetMember(memberId: string, erasedAt: number): Promise<void>;
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
  /** Documents of an earlier version lack it. */
  forgotten?: number[];
}

const KEPT_SECONDS = 30 * 86_400;

const chunkSchema = documentSchema<ImportChunkDoc>({
  _id: { type: String, required: true },
  jobId: { type: String, required: true },
  kind: { type: String, required: true },
  firstIndex: { type: Number, required: true },
  items: { type: String, required: true },
  createdAt: { type: Date, required: true },
  forgotten: { type: [Number] },
}).index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const idOf = (jobId: string, chunk: number): string => `${jobId}|${String(chunk)}`;

const itemsOf = ({ items }: Pick<ImportChunkDoc, 'items'>): unknown[] =>
  JSON.parse(items) as unknown[];

/** Items are as the host sent them, valid or not. */
const idOfItem = (item: unknown): unknown =>
  typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;

export function importStore(connection: Connection, clock: Clock): ImportStore {
  const chunks = connection.model<ImportChunkDoc>('ImportChunk', chunkSchema, 'importChunks');

  /** False: the members of another erasure were forgotten meanwhile, so that it is to be done again. */
  async function forgetIn(_id: string, memberId: string): Promise<boolean> {
    const doc = await chunks.findById(_id).lean();
    if (!doc) return true;
    const items = itemsOf(doc);
    const found = [...items.keys()].filter((position) => idOfItem(items[position]) === memberId);
    if (found.length === 0) return true;
    const rest = items.map((item, position) => (found.includes(position) ? null : item));
    const { forgotten = [] } = doc;
    const { matchedCount } = await chunks.updateOne(
      { _id, forgotten: doc.forgotten ?? null },
      { $set: { items: JSON.stringify(rest), forgotten: [...forgotten, ...found] } },
    );
    return matchedCount === 1;
  }

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
              forgotten: [],
            },
          },
          { upsert: true },
        ),
      );
    },

    async get(jobId, chunk) {
      const doc = await chunks.findById(idOf(jobId, chunk)).lean();
      if (!doc) return null;
      const { kind, firstIndex, createdAt, forgotten = [] } = doc;
      return { kind, firstIndex, items: itemsOf(doc), createdAt: createdAt.getTime(), forgotten };
    },

    async forgetMember(memberId, erasedAt) {
      const sentBefore = { kind: 'members', createdAt: { $lte: date(erasedAt) } } as const;
      for (const { _id } of await chunks.find(sentBefore, { _id: 1 }).lean()) {
        while (!(await forgetIn(_id, memberId)));
      }
    },

    async remove(jobId) {
      await chunks.deleteMany({ _id: idsUnder(jobId), jobId });
    },
  };
}
