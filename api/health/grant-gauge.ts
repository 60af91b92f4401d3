import { Gauge } from 'prom-client';
import { GRANT_STATUSES, PROVISIONINGS } from '../../src/domain/grant';
import type { ApiDeps } from '../deps';

/** Counting scans the collection, so several scrapes within this time share one answer. */
const KEEP_MS = 15_000;

/** How many grants there are in each state, counted when the metrics are read. */
export function registerGrantGauge({ store, clock, registry, logger }: ApiDeps): Gauge {
  let countedAt = Number.NEGATIVE_INFINITY;
  return new Gauge({
    name: 'latchkey_grants',
    help: 'Grants per status and provisioning.',
    labelNames: ['status', 'provisioning'],
    registers: [registry],
    async collect() {
      const now = clock.now();
      if (now - countedAt < KEEP_MS) return;
      try {
        const counts = await store.grants.countByState(now);
        // Zeros are written too: a state that empties must not keep its last number.
        for (const status of GRANT_STATUSES) {
          for (const provisioning of PROVISIONINGS) this.set({ status, provisioning }, 0);
        }
        for (const { status, provisioning, count } of counts) {
          this.set({ status, provisioning }, count);
        }
        countedAt = now;
      } catch (error) {
        // The other metrics are worth most when the database is away.
        this.reset();
        logger.warn({ err: error }, 'the grants could not be counted for the metrics');
      }
    },
  });
}
