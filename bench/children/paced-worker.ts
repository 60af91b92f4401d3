import { createKisiConnections } from '../../src/access/kisi-connections';
import { createKisiLimiter } from '../../src/kisi';
import { openParts } from '../../src/main/parts';
import { runProcess } from '../../src/main/run-process';
import { startWorker } from '../../src/main/start-worker';
import { pacedLimiter } from '../paced-limiter';

/** The worker as it runs in production, but for the pace of its calls to Kisi. */
runProcess(async (config) => {
  const parts = await openParts(config, 'worker');
  const { store } = parts.deps;
  const kisi = createKisiConnections({
    store,
    limiter: pacedLimiter(
      createKisiLimiter({ store: store.kisiSlots }),
      Number(process.env['BENCH_CALLS_PER_SECOND']),
    ),
    baseUrl: config.kisi.baseUrl,
    integrator: { name: 'latchkey-bench', contact: '' },
  });
  const worker = await startWorker(
    { ...parts, deps: { ...parts.deps, kisi } },
    { healthPort: true },
  );
  return {
    done: worker.done,
    async stop() {
      await worker.stop();
      await kisi.close();
      await parts.close();
    },
  };
});
