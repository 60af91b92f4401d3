import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A child process of a benchmark, which answers each request with one message. */
export interface BenchChild<Request, Answer> {
  ask: (request: Request) => Promise<Answer>;
  stop: () => Promise<void>;
  /** Ends it with SIGKILL, whatever it does; resolves when it is gone. */
  kill: () => Promise<void>;
}

/**
 * Starts `bench/children/<name>.ts`. It ends when this process does, since the channel closes then.
 * @throws Error when it ends before it says that it is ready
 */
export async function startChild<Request, Answer>(
  name: string,
  env: NodeJS.ProcessEnv,
  flags: readonly string[] = [],
): Promise<BenchChild<Request, Answer>> {
  const child = fork(join(__dirname, `${name}.ts`), {
    env,
    execArgv: ['--import', 'tsx', ...flags],
    // Log lines are written as in production, and nobody reads them.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  await nextMessage(child, name);
  return {
    async ask(request) {
      const answer = nextMessage(child, name);
      child.send(request as object);
      return (await answer) as Answer;
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
    async kill() {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function nextMessage(child: ChildProcess, name: string): Promise<unknown> {
  const found = new AbortController();
  const { signal } = found;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message as unknown),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`${name} ended with code ${String(code)}.`);
      }),
    ]);
  } finally {
    found.abort();
  }
}

/**
 * The child's side: says that it is ready, answers each request in turn, and ends with the channel.
 */
export function serve(
  answer: (request: unknown) => Promise<object>,
  stop: () => Promise<void>,
): void {
  process.on('message', (request: unknown) => {
    void answer(request).then((message) => process.send?.(message));
  });
  process.once('disconnect', () => {
    void stop().finally(() => process.exit(0));
  });
  process.send?.({ ready: true });
}
