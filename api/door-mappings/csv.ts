import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { RequestHandler } from 'express';
import type { AccessLogFilter, Page, Store } from '../../src/store';
import { inputOf } from '../http/context';
import { readPage } from '../http/outcomes';
import { toIso, toIsoOrNull } from '../schemas/common';
import { filterOf, readLog, type NamedEntry } from './access-logs';
import type { listAccessLogs } from './schema';
import { CSV_COLUMNS } from './shapes';

/** So many rows are read at once. */
const ROWS_AT_ONCE = 500;

type Row = Record<(typeof CSV_COLUMNS)[number], string | null>;

/**
 * Answers a request for CSV, and leaves others alone. All rows that match are sent (RFC 4180, UTF-8,
 * instants in ISO 8601 UTC), newest first, as they are read: a log may be longer than memory. A text
 * that a spreadsheet would run as a formula gets a quote in front.
 *
 * A failure before the first row is a refusal like any other; a later one cuts the connection, so
 * that half a log cannot pass for a whole one.
 */
export function answerCsv(store: Store): RequestHandler {
  return async (req, res, next) => {
    const { params, query } = inputOf<typeof listAccessLogs>(res);
    if ((query.format ?? req.accepts(['json', 'csv'])) !== 'csv') {
      next();
      return;
    }
    const filter = await filterOf(store, params.id, query);
    const request = { limit: ROWS_AT_ONCE, cursor: query.cursor };
    const first = await readPage((page) => readLog(store, filter, page), request);
    const csv = stringify({
      header: true,
      columns: [...CSV_COLUMNS],
      record_delimiter: 'windows',
      escape_formulas: true,
    });
    res.attachment(`access-log-${params.id}.csv`).type('text/csv');
    await pipeline(Readable.from(rowsFrom(store, filter, first)), csv, res);
  };
}

async function* rowsFrom(
  store: Store,
  filter: AccessLogFilter,
  first: Page<NamedEntry>,
): AsyncGenerator<Row> {
  let page = first;
  for (;;) {
    yield* page.data.map(toRow);
    const cursor = page.nextCursor;
    if (cursor === null) return;
    page = await readLog(store, filter, { limit: ROWS_AT_ONCE, cursor });
  }
}

function toRow({ entry, memberName }: NamedEntry): Row {
  const { grant, by, problem } = entry;
  return {
    at: toIso(entry.at),
    action: entry.action,
    status: entry.status,
    memberId: grant.memberId,
    memberName,
    source: grant.source,
    sourceId: grant.sourceId,
    grantId: grant.id,
    startsAt: toIso(grant.startsAt),
    endsAt: toIsoOrNull(grant.endsAt),
    reason: entry.reason,
    problem: problem?.type ?? null,
    problemDetail: problem?.detail ?? null,
    byType: by.type,
    byId: by.id,
  };
}
