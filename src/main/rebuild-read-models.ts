import { rebuildGrants } from '../temporal/rebuild-grants';
import { openParts } from './parts';
import { runCommand } from './run-process';

// `npm run rebuild-read-models`: safe to run at any time, beside running workers.
runCommand(async (config) => {
  const parts = await openParts(config, 'rebuild-read-models');
  try {
    const { fromLog, fromWorkflows } = await rebuildGrants(parts.client, parts.deps.store);
    return [
      `grants: ${String(fromLog.written)} of ${String(fromLog.read)} written from the access log,`,
      `${String(fromWorkflows.written)} of ${String(fromWorkflows.read)} from running workflows.`,
    ].join(' ');
  } finally {
    await parts.close();
  }
});
