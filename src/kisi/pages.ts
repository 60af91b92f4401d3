import { KisiError, KisiUnexpectedAnswer } from './errors';

/** One page of a list: its rows, and the number of rows in the whole list if Kisi says it. */
export interface Page<T> {
  rows: readonly T[];
  total: number | null;
}

/** The largest `offset` of every list (openapi.yaml): what lies behind it cannot be read. */
const LARGEST_OFFSET = 20_000;

/** The list has more rows than Kisi lets anybody read: ask for a part of it. */
export class KisiListTooLong extends KisiError {
  constructor(route: string) {
    const most = `${String(LARGEST_OFFSET)} rows`;
    super('refused', `The list is longer than the ${most} that can be read: GET ${route}`);
    this.name = 'KisiListTooLong';
  }
}

/** So many rows of a page are read again with the next, which lets fewer go unnoticed meanwhile. */
const OVERLAP = 25;

/** How often a list that changes while it is read is read anew before the caller hears of it. */
const PASSES = 3;

/**
 * Reads a whole list, each row once.
 *
 * Kisi pages by offset, so that a row that is deleted meanwhile shifts the rest up and one row
 * would be skipped unseen. Each page therefore begins with the last rows of the page before: as long
 * as its first row is known, nothing was skipped, though some rows went. Where it is not, or fewer
 * rows arrive than Kisi counts, the list is read anew.
 *
 * @param read reads one page; its errors pass through, so that a failed page never looks empty.
 * @throws KisiListTooLong before it is read in vain; KisiError `unavailable` when it keeps changing.
 */
export async function readAllPages<T extends { id: number }>(
  route: string,
  limit: number,
  read: (offset: number, limit: number) => Promise<Page<T>>,
): Promise<T[]> {
  for (let pass = 0; pass < PASSES; pass += 1) {
    const rows = await readOnePass(route, limit, read);
    if (rows !== null) return rows;
  }
  throw new KisiError('unavailable', `The list changed while it was read: GET ${route}`);
}

/** Null: the list changed on the way. */
async function readOnePass<T extends { id: number }>(
  route: string,
  limit: number,
  read: (offset: number, limit: number) => Promise<Page<T>>,
): Promise<T[] | null> {
  const rows = new Map<number, T>();
  let offset = 0;
  for (;;) {
    if (offset > LARGEST_OFFSET) throw new KisiListTooLong(route);
    const page = await read(offset, limit);
    if (page.total !== null && page.total > LARGEST_OFFSET) throw new KisiListTooLong(route);
    const [first] = page.rows;
    if (offset > 0 && (first === undefined || !rows.has(first.id))) return null;
    const before = rows.size;
    for (const row of page.rows) rows.set(row.id, row);
    const end = offset + page.rows.length;
    // Without a total only a page that brings nothing new is the last: Kisi may cap the page size.
    const isLast = page.total === null ? rows.size === before : end >= page.total;
    if (isLast) return page.total !== null && rows.size < page.total ? null : [...rows.values()];
    if (rows.size === before) return null;
    offset = end - Math.min(OVERLAP, Math.ceil(page.rows.length / 2));
  }
}

/**
 * The total of an `X-Collection-Range` header: `0-9/200`, or `*` + `/0` for an empty list (handled
 * by Kisi's own client, though its contract does not show it). Null where the header is absent.
 */
export function totalOfRange(route: string, header: string | undefined): number | null {
  if (header === undefined) return null;
  const total = /^(?:\d+-\d+|\*)\/(\d+)$/.exec(header.trim())?.[1];
  if (total === undefined) {
    throw new KisiUnexpectedAnswer(`Unreadable X-Collection-Range: GET ${route}`, false);
  }
  return Number(total);
}
