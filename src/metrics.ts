import { Counter, Histogram, type Registry } from 'prom-client';

/** What API and worker both measure, under the same names wherever it happens. */
export interface Metrics {
  /**
   * Until a revision is in place at Kisi: from its acceptance, or from the start of its window where
   * that came first. A window that Kisi made wait in its queue and that then stood before its start
   * is not counted.
   */
  readonly grantInPlaceSeconds: Histogram<'source'>;
  /**
   * How long after its end access could still be used: after a revoke until the row is gone, after
   * an expiry by how much the row's own end at Kisi was later.
   */
  readonly grantEndLatenessSeconds: Histogram<'cause'>;
  /** Gaps that a change left where Kisi takes neither a second row nor a new window. */
  readonly replaceGapSeconds: Histogram;
  /** Calls to Kisi; `route` is the path with ids replaced, `status` also `timeout` or `lost`. */
  readonly kisiCalls: Counter<'method' | 'route' | 'status'>;
  /** How long a call waited for its turn under Kisi's rate limit. */
  readonly kisiWaitSeconds: Histogram<'caller'>;
  /** Changes and deletions of what we give that somebody else made at Kisi, as its events tell. */
  readonly kisiDrift: Counter<'change' | 'answer'>;
}

/**
 * Registers the shared metrics. Call it once per registry: a second time throws, since two
 * counters of one name would each hold half of the truth.
 */
export function createMetrics(registry: Registry): Metrics {
  const registers = [registry];
  return {
    grantInPlaceSeconds: new Histogram({
      name: 'latchkey_grant_in_place_seconds',
      help: 'From the acceptance of a change, or the start of its window if that had come by then, until it is in place at Kisi.',
      labelNames: ['source'],
      // The promise is p95 < 1 s while nothing is broken; the long buckets show outages and queues.
      buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600],
      registers,
    }),
    grantEndLatenessSeconds: new Histogram({
      name: 'latchkey_grant_end_lateness_seconds',
      help: 'How long after the end of a grant its access could still be used.',
      labelNames: ['cause'],
      buckets: [0, 1, 2, 5, 10, 30, 60, 300, 900, 3600],
      registers,
    }),
    replaceGapSeconds: new Histogram({
      name: 'latchkey_replace_gap_seconds',
      help: 'How long access was missing while a role assignment was deleted and made anew.',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
      registers,
    }),
    kisiCalls: new Counter({
      name: 'latchkey_kisi_calls_total',
      help: 'Calls to Kisi by method, route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    kisiWaitSeconds: new Histogram({
      name: 'latchkey_kisi_wait_seconds',
      help: "How long calls waited for their turn under Kisi's rate limit.",
      labelNames: ['caller'],
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
      registers,
    }),
    kisiDrift: new Counter({
      name: 'latchkey_kisi_drift_total',
      help: 'Access under a live grant that somebody changed or deleted at Kisi, and whether it was repaired or revoked.',
      labelNames: ['change', 'answer'],
      registers,
    }),
  };
}
