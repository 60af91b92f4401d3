import type { RunningServer } from '../../scripts/servers/options';

/** What the teardown must end; jest runs setup and teardown in one process, but loads them apart. */
interface RunServers {
  runDir: string;
  started: RunningServer[];
}

const holder = globalThis as typeof globalThis & { latchkeyRun?: RunServers };

export function keepForTeardown(run: RunServers): void {
  holder.latchkeyRun = run;
}

export function takeForTeardown(): RunServers | undefined {
  const run = holder.latchkeyRun;
  delete holder.latchkeyRun;
  return run;
}
