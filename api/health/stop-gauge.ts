import { Gauge } from 'prom-client';
import type { ApiDeps } from '../deps';

/** How many integrations an emergency stop holds back, counted when the metrics are read. */
export function registerStopGauge({ store, registry, logger }: ApiDeps): Gauge {
  return new Gauge({
    name: 'latchkey_emergency_stops',
    help: 'Integrations whose writes are stopped: all of them, or all but removals.',
    labelNames: ['writes'],
    registers: [registry],
    async collect() {
      try {
        const { all, changes } = await store.integrations.countStopped();
        this.set({ writes: 'all' }, all);
        this.set({ writes: 'changes' }, changes);
      } catch (error) {
        this.reset();
        logger.warn({ err: error }, 'the emergency stops could not be counted for the metrics');
      }
    },
  });
}
