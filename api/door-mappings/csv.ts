import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { RequestHandler } from 'express';
import type { Page, Store } from '../../src/store';
import { callerOf, inputOf } from '../http/context';
import { readPage } from '../http/outcomes';
import { askedLog, readLog, type AskedLog, type NamedEntry } from './access-logs';
import { presentAccessLogEntry } from './present';
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
    const log = await askedLog(store, params.id, query, callerOf(res));
    const request = { limit: ROWS_AT_ONCE, cursor: query.cursor };
    const first = await readPage((page) => readLog(store, log, page), request);
    const csv = stringify({
      header: true,
      columns: [...CSV_COLUMNS],
      record_delimiter: 'windows',
      escape_formulas: true,
    });
    res.attachment(`access-log-${params.id}.csv`).type('text/csv');
    await pipeline(Readable.from(rowsFrom(store, log, first)), csv, res);
  };
}

async function* rowsFrom(
  store: Store,
  log: AskedLog,
  first: Page<NamedEntry>,
): AsyncGenerator<Row> {
  let page = first;
  for (;;) {
    yield* page.data.map(toRow);
    const cursor = page.nextCursor;
    if (cursor === null) return;
    page = await readLog(store, log, { limit: ROWS_AT_ONCE, cursor });
  }
}

function toRow(named: NamedEntry): Row {
  const entry = presentAccessLogEntry(named);
  const { grant, lock, problem, by } = entry;
  return {
    at: entry.at,
    action: entry.action,
    status: entry.status,
    memberId: entry.memberId,
    memberName: entry.memberName,
    source: entry.source,
    sourceId: entry.sourceId,
    grantId: entry.grantId,
    startsAt: grant?.startsAt ?? null,
    endsAt: grant?.endsAt ?? null,
    reason: entry.reason,
    problem: problem?.type ?? null,
    problemDetail: problem?.detail ?? null,
    byType: by.type,
    byId: by.id,
    lockId: lock && String(lock.id),
    lockName: lock?.name ?? null,
    doorMappingId: entry.doorMappingId,
    doorMappingName: entry.doorMappingName,
    kisiName: entry.kisiName,
  };
}
