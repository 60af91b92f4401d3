import { mongo, Schema, type Model, type SchemaDefinition, type SchemaOptions } from 'mongoose';
import type { Actor, Problem } from '../domain/grant';
import type { Margin } from '../domain/source-grants';

/** How one field is stored. Without `required` it may be `null`, and is when it is not given. */
interface Field {
  type: unknown;
  required?: true;
  default?: null | undefined;
}

/**
 * The schema of a collection; the compiler holds the fields to those of `Doc`. Unknown fields are
 * refused in writes and in filters: a misspelt filter would otherwise match everything.
 * `minimize: false` keeps empty objects; `id: false` because some documents have an `id` of their own.
 */
export function documentSchema<Doc>(fields: Record<keyof Doc & string, Field>): Schema<Doc> {
  return new Schema<Doc>(fields as SchemaDefinition<Doc>, documentOptions);
}

/** The same for an object inside a document, which has no `_id`. */
export function partSchema<Part>(fields: Record<keyof Part & string, Field>): Schema<Part> {
  return new Schema<Part>(fields as SchemaDefinition<Part>, { ...documentOptions, _id: false });
}

const documentOptions = {
  strict: 'throw',
  strictQuery: 'throw',
  versionKey: false,
  minimize: false,
  id: false,
} as const satisfies SchemaOptions;

export const actorSchema = partSchema<Actor>({
  type: { type: String, required: true },
  id: { type: String, required: true },
});

export const marginSchema = partSchema<Margin>({
  earlyMinutes: { type: Number, required: true },
  lateMinutes: { type: Number, required: true },
});

export const problemSchema = partSchema<Problem>({
  type: { type: String, required: true },
  detail: { type: String, required: true },
});

/** MongoDB's code for "unique rule broken". Only the code is looked at: servers word it differently. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof mongo.MongoServerError && error.code === 11000;
}

/**
 * Runs an upsert. Two upserts of a new document may both try to insert it, and the loser is told
 * that the key exists: run again it finds the document. What is refused twice breaks another rule.
 */
export async function retryUpsertRace<Result>(upsert: () => Promise<Result>): Promise<Result> {
  try {
    return await upsert();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    return upsert();
  }
}

/**
 * Runs an upsert whose filter admits only documents older than what is written. When a newer one
 * exists, the filter finds nothing and the insert is refused: false, and nothing was written.
 * It is tried twice, because the refusal may also mean that an older document was just inserted.
 */
export async function upsertIfNewer(upsert: () => Promise<unknown>): Promise<boolean> {
  try {
    await retryUpsertRace(upsert);
    return true;
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
}

/** So many documents go in one message. */
const BATCH = 500;

/**
 * Writes thousands of documents in batches. Each must be idempotent, since it is sent again whole
 * where two upserts met.
 */
export async function inBatches<Item>(
  items: readonly Item[],
  write: (batch: Item[]) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < items.length; start += BATCH) {
    await retryUpsertRace(() => write(items.slice(start, start + BATCH)));
  }
}

/** Inserts documents; one whose `_id` is there already stays as it is. Returns how many were new. */
export async function insertMissing<Doc extends { _id: string }>(
  model: Model<Doc>,
  docs: readonly Doc[],
): Promise<number> {
  let inserted = 0;
  await inBatches(docs, async (batch) => {
    const writes = batch.map(({ _id, ...fields }) => ({
      updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true },
    }));
    // The compiler cannot see through Mongoose's conditional types while `Doc` is open.
    type Writes = Parameters<Model<Doc>['bulkWrite']>[0];
    const { upsertedCount } = await model.bulkWrite(writes as Writes, { ordered: false });
    inserted += upsertedCount;
  });
  return inserted;
}

/** Instants are stored as BSON dates. */
export function date(ms: number): Date {
  return new Date(ms);
}

export function dateOrNull(ms: number | null): Date | null {
  return ms === null ? null : new Date(ms);
}

export function msOrNull(instant: Date | null): number | null {
  return instant === null ? null : instant.getTime();
}

/** A half-open range of instants as a filter on a date, or nothing when both ends are left out. */
export function between(
  from: number | undefined,
  to: number | undefined,
): { $gte?: Date; $lt?: Date } | undefined {
  if (from === undefined && to === undefined) return undefined;
  return {
    ...(from !== undefined && { $gte: date(from) }),
    ...(to !== undefined && { $lt: date(to) }),
  };
}

/** The fields that are given: `undefined` in a filter or `$set` would mean "is missing". */
export function given<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}

/** A regular expression for values that begin with this text, as it stands. */
export function startsWith(text: string): RegExp {
  return new RegExp(`^${escaped(text)}`);
}

/** A regular expression for values that hold this text, as it stands. */
export function containing(text: string): RegExp {
  return new RegExp(escaped(text));
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/**
 * The `_id`s that begin with `<prefix>|`, as a range, which every server can serve from its key
 * order ('}' is the character after '|'). Ids come from outside and may hold '|' themselves, so filter
 * by the prefix's own field too.
 */
export function idsUnder(prefix: string): { $gte: string; $lt: string } {
  return { $gte: `${prefix}|`, $lt: `${prefix}}` };
}

/**
 * The lower-cased text from each of its words on, for search by the beginning of a word:
 * "Meeting Room 1" → "meeting room 1", "room 1", "1".
 */
export function tailsOf(text: string): string[] {
  const words = searchText(text).split(' ');
  return words.map((_, index) => words.slice(index).join(' '));
}

/** A search as it is compared with `tailsOf`. */
export function searchText(search: string): string {
  return search.toLowerCase().trim().split(/\s+/).join(' ');
}

/** A filter on a field: what is asked for, where it is among what may be seen (left out: all). */
export function among(
  asked: string | undefined,
  seen: readonly string[] | undefined,
): string | { $in: string[] } | undefined {
  if (seen === undefined) return asked;
  return { $in: asked === undefined ? [...seen] : seen.filter((id) => id === asked) };
}
