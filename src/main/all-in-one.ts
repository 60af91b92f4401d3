import { openParts } from './parts';
import { runProcess } from './run-process';
import { startApi } from './start-api';
import { startWorker } from './start-worker';

// API and worker in one process, for `npm start` and small installations; `/metrics` of the API
// then shows both.
runProcess(async (config) => {
  const parts = await openParts(config, 'all-in-one');
  const worker = await startWorker(parts, { healthPort: false });
  const api = await startApi(parts);
  return {
    done: worker.done,
    async stop() {
      await api.stop();
      await worker.stop();
      await parts.close();
    },
  };
});
