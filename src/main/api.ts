import { openParts } from './parts';
import { runProcess } from './run-process';
import { startApi } from './start-api';

runProcess(async (config) => {
  const parts = await openParts(config, 'api');
  const api = await startApi(parts);
  return {
    async stop() {
      await api.stop();
      await parts.close();
    },
  };
});
