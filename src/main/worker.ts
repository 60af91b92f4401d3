import { openParts } from './parts';
import { runProcess } from './run-process';
import { startWorker } from './start-worker';

runProcess(async (config) => {
  const parts = await openParts(config, 'worker');
  const worker = await startWorker(parts, { healthPort: true });
  return {
    done: worker.done,
    async stop() {
      await worker.stop();
      await parts.close();
    },
  };
});
