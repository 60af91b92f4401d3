import { rm } from 'node:fs/promises';
import { takeForTeardown } from './run-servers';

/** Ends what `global-setup.ts` started and removes its folder. */
export default async function globalTeardown(): Promise<void> {
  const run = takeForTeardown();
  if (run === undefined) return;
  await Promise.all(run.started.map((server) => server.stop()));
  await rm(run.runDir, { recursive: true, force: true });
}
