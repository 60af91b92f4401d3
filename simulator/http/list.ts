import type { Answer } from './answer';
import { badRequest, ok } from './answer';
import type { Call } from './call';

/** Page sizes of a resource (contract: 10/250, 50/250 or, for users, 50/100). */
export interface PageSize {
  default: number;
  max: number;
}

export const pages10: PageSize = { default: 10, max: 250 };
export const pages50: PageSize = { default: 50, max: 250 };

const maxOffset = 20_000;

/** A page of `items` with `X-Collection-Range`, after the filter `ids` that every list has. */
export function listAnswer<T extends { id: number }>(
  call: Call<unknown>,
  items: T[],
  size: PageSize,
  present: (item: T) => unknown,
): Answer {
  const matching = byIds(call, items);
  const limit = pageLimit(call, size);
  const offset = wholeNumber(call, 'offset') ?? 0;
  if (offset > maxOffset) throw badRequest(`offset must be at most ${maxOffset}`);
  const start = offset === 0 ? 0 : Math.max(0, offset + call.switches.pageShift);
  const page = matching.slice(start, start + limit);
  return ok(page.map(present), { 'X-Collection-Range': range(offset, limit, matching.length) });
}

/** The end is not clamped to the total, and an empty list is `*` + `/0` (fact sheet, section 3). */
function range(offset: number, limit: number, total: number): string {
  return total === 0 ? '*/0' : `${offset}-${offset + limit - 1}/${total}`;
}

function pageLimit(call: Call<unknown>, size: PageSize): number {
  const limit = wholeNumber(call, 'limit') ?? size.default;
  if (limit < 1) throw badRequest('limit must be at least 1');
  if (limit <= size.max) return limit;
  if (call.switches.limitAboveMax === 'refuse') {
    throw badRequest(`limit must be at most ${size.max}`);
  }
  return size.max;
}

function byIds<T extends { id: number }>(call: Call<unknown>, items: T[]): T[] {
  const given = call.query['ids'];
  if (given === undefined) return items;
  const ids = new Set(given.split(',').map(Number));
  return items.filter((item) => ids.has(item.id));
}

/** A query parameter that must be a whole number; refuses with 400 otherwise. */
export function wholeNumber(call: Call<unknown>, name: string): number | undefined {
  const text = call.query[name];
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text)) throw badRequest(`${name} must be a whole number`);
  return Number(text);
}

/** Keeps the items whose number equals the query parameter, when it is given. */
export function byNumber<T>(
  call: Call<unknown>,
  name: string,
  items: T[],
  value: (item: T) => number | null,
): T[] {
  const wanted = wholeNumber(call, name);
  return wanted === undefined ? items : items.filter((item) => value(item) === wanted);
}

/** Keeps the items whose flag equals the query parameter, when it is given. */
export function byFlag<T>(
  call: Call<unknown>,
  name: string,
  items: T[],
  value: (item: T) => boolean,
): T[] {
  const text = call.query[name];
  if (text === undefined) return items;
  if (text !== 'true' && text !== 'false') throw badRequest(`${name} must be true or false`);
  return items.filter((item) => value(item) === (text === 'true'));
}

/**
 * Free text: each word of `query` must occur in one of the texts, whatever the case. So `ann@x.test` also
 * finds `joann@x.test`: Kisi's search is fuzzy, and a first hit may be somebody else (live use).
 */
export function byFreeText<T>(
  call: Call<unknown>,
  items: T[],
  texts: (item: T) => (string | null)[],
): T[] {
  const words = (call.query['query'] ?? '').toLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    const lowered = texts(item).map((text) => (text ?? '').toLowerCase());
    return words.every((word) => lowered.some((text) => text.includes(word)));
  });
}

/** Sorts by the `sort` parameter: a known key, downwards with a leading `-`; refuses an unknown one with 400. */
export function sorted<T>(
  call: Call<unknown>,
  items: T[],
  keys: Record<string, (item: T) => string | number>,
): T[] {
  const given = call.query['sort'];
  if (given === undefined) return items;
  const key = keys[given.replace(/^-/, '')];
  if (key === undefined) {
    throw badRequest(`sort must be one of ${Object.keys(keys).join(', ')}, or - and one of them`);
  }
  const direction = given.startsWith('-') ? -1 : 1;
  return items.toSorted((a, b) => direction * compare(key(a), key(b)));
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(a).localeCompare(String(b));
}
