import type { Of } from '../../../api/client';

/** One row of an access log. */
export type LogEntry = Of<'AccessLogEntry'>;
