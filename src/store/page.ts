import type { Model, QueryFilter, SortOrder } from 'mongoose';
import { InvalidCursor } from './errors';

/** Which part of a list: `limit` items at most, after the cursor that the page before returned. */
export interface PageRequest {
  /** Left out or `null`: the first page. */
  cursor?: string | null | undefined;
  limit: number;
}

/** A part of a list. */
export interface Page<Item> {
  data: Item[];
  /** Opaque; `null` when this was the last page. */
  nextCursor: string | null;
}

/** One field that a list is sorted by. The last of them is unique, so that the order is stable. */
export interface SortKey {
  field: string;
  direction: 1 | -1;
  type: 'string' | 'number' | 'date';
}

/** In order of `_id`. */
export const BY_ID: readonly SortKey[] = [{ field: '_id', direction: 1, type: 'string' }];

/**
 * One page of the documents that match, by keyset: the cursor holds the sort keys of the last item,
 * so that a page stays right while documents are inserted and removed before it.
 * @throws InvalidCursor when the cursor is not one of this list
 */
export function findPage<Doc extends object, Item>(
  model: Model<Doc>,
  filter: QueryFilter<Doc>,
  order: readonly SortKey[],
  request: PageRequest,
  toItem: (doc: Doc) => Item,
): Promise<Page<Item>> {
  return findPageOfAny(model, [filter], order, request, toItem);
}

/**
 * The same of the documents that match any of the filters. Each is asked for by itself and has an index
 * that is in this order: what a server makes of an `$or` with a sort is its own choice.
 * @param filters no document matches two of them
 * @throws InvalidCursor when the cursor is not one of this list
 */
export async function findPageOfAny<Doc extends object, Item>(
  model: Model<Doc>,
  filters: readonly QueryFilter<Doc>[],
  order: readonly SortKey[],
  request: PageRequest,
  toItem: (doc: Doc) => Item,
): Promise<Page<Item>> {
  const listName = model.collection.collectionName;
  const beyond =
    request.cursor == null ? [] : [after(order, decodeCursor(request.cursor, listName, order))];
  const sort: Record<string, SortOrder> = Object.fromEntries(
    order.map((key) => [key.field, key.direction]),
  );
  const found = await Promise.all(
    filters.map(
      (filter) =>
        model
          .find({ $and: [filter, ...beyond] } as QueryFilter<Doc>)
          .sort(sort)
          .limit(request.limit + 1)
          .lean() as Promise<Doc[]>,
    ),
  );
  const docs = found.length === 1 ? found.flat() : found.flat().sort(inOrder(order));
  const shown = docs.slice(0, request.limit);
  const last = shown.at(-1);
  return {
    data: shown.map(toItem),
    nextCursor:
      docs.length > request.limit && last !== undefined
        ? encodeCursor(last, listName, order)
        : null,
  };
}

/** Every item of a list, page by page as it is consumed; `limit`: items a page. */
export async function* eachItem<Item>(
  list: (page: PageRequest) => Promise<Page<Item>>,
  limit = 200,
): AsyncGenerator<Item> {
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await list({ limit, cursor });
    yield* page.data;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

type CursorValue = string | number;

function encodeCursor(doc: object, listName: string, order: readonly SortKey[]): string {
  const values = order.map((key) => sortValue(doc, key));
  return Buffer.from(JSON.stringify([listName, ...values])).toString('base64url');
}

function sortValue(doc: object, { field }: SortKey): CursorValue | undefined {
  const value = (doc as Record<string, CursorValue | Date | undefined>)[field];
  return value instanceof Date ? value.getTime() : value;
}

/** Compares two documents as the server sorts them. */
function inOrder(order: readonly SortKey[]) {
  return (one: object, other: object): number => {
    for (const key of order) {
      const [a, b] = [sortValue(one, key) ?? '', sortValue(other, key) ?? ''];
      if (a !== b) return a < b ? -key.direction : key.direction;
    }
    return 0;
  };
}

function decodeCursor(
  cursor: string,
  listName: string,
  order: readonly SortKey[],
): (CursorValue | Date)[] {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new InvalidCursor();
  }
  if (!Array.isArray(parts) || parts.length !== order.length + 1 || parts[0] !== listName) {
    throw new InvalidCursor();
  }
  const values = parts.slice(1) as unknown[];
  return order.map((key, index) => cursorValue(values[index], key));
}

function cursorValue(value: unknown, key: SortKey): CursorValue | Date {
  if (key.type === 'string' && typeof value === 'string') return value;
  if (key.type === 'number' && typeof value === 'number') return value;
  if (key.type === 'date' && typeof value === 'number') {
    const instant = new Date(value);
    if (!Number.isNaN(instant.getTime())) return instant;
  }
  throw new InvalidCursor();
}

/** (a, b) after (x, y): a beyond x, or a equal to x and b beyond y. */
function after(order: readonly SortKey[], values: readonly (CursorValue | Date)[]): object {
  return {
    $or: order.map((key, index) => ({
      ...Object.fromEntries(order.slice(0, index).map((same, i) => [same.field, values[i]])),
      [key.field]: { [key.direction === 1 ? '$gt' : '$lt']: values[index] },
    })),
  };
}
