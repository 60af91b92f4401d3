import { rebuildGrants } from '../temporal/rebuild-grants';
import { openParts } from './parts';
import { runCommand } from './run-process';

// `npm run rebuild-read-models`: safe to run at any time, beside running workers.
runCommand(async (config) => {
  const parts = await openParts(config, 'rebuild-read-models');
  try {
    const { fromLog, fromWorkflows, unanswered } = await rebuildGrants(
      parts.client,
      parts.deps.store,
    );
    const report = [
      `grants: ${String(fromLog.written)} of ${String(fromLog.read)} written from the access log,`,
      `${String(fromWorkflows.written)} of ${String(fromWorkflows.read)} from running workflows.`,
    ].join(' ');
    if (unanswered.count === 0) return report;
    // Thrown, so that whoever runs the command by script learns that it is not complete.
    throw new Error(
      [
        report,
        `${String(unanswered.count)} running workflows did not answer; for them the access log stands.`,
        `Start a worker and run this again. The first: ${unanswered.firstReason ?? 'no reason given'}`,
      ].join('\n'),
    );
  } finally {
    await parts.close();
  }
});
