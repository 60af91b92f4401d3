import { ConfigError, loadConfig, type Config } from '../config';

/** How long a process may take to end by itself after it was asked to. */
const END_WITHIN_MS = 40_000;

/** What a process runs; `done` rejects when it fails by itself. */
export interface Running {
  done?: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Runs one process: reads the configuration, starts, waits for SIGINT or SIGTERM, stops, ends. A
 * fault of the configuration or at the start ends it with code 1 and the reason on standard error.
 */
export function runProcess(start: (config: Config) => Promise<Running>): void {
  void (async () => {
    try {
      const running = await start(loadConfig());
      await Promise.race([asked(), running.done ?? new Promise<never>(() => undefined)]);
      setTimeout(() => process.exit(1), END_WITHIN_MS).unref();
      await running.stop();
      process.exit(0);
    } catch (error) {
      const reason = error instanceof ConfigError ? error.message : describe(error);
      process.stderr.write(`${reason}\n`);
      process.exit(1);
    }
  })();
}

/** Resolves on the first signal; a second one ends the process at once. */
function asked(): Promise<void> {
  return new Promise((resolve) => {
    let first = true;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (!first) process.exit(1);
        first = false;
        resolve();
      });
    }
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Runs a command that ends by itself and prints what it returns. */
export function runCommand(work: (config: Config) => Promise<string>): void {
  void (async () => {
    try {
      process.stdout.write(`${await work(loadConfig())}\n`);
      process.exitCode = 0;
    } catch (error) {
      process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = 1;
    }
  })();
}
