import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { Socket } from 'node:net';
import { dirname, join } from 'node:path';

const STOP_GRACE_MS = 10_000;
const TAIL_CHARACTERS = 4000;

/** A child process that serves until it is stopped. */
export interface ChildServer {
  pid: number;
  /** Resolves with a reason if it ends without having been asked to. */
  died: Promise<string>;
  /** True once it has ended, for whatever reason. */
  hasEnded: () => boolean;
  /** The last lines it printed, for error messages. */
  lastLines: () => string;
  /** Asks it to end, kills it after a grace time; resolves when it is gone. */
  stop: () => Promise<void>;
}

interface SpawnOptions {
  /** Shown in messages, such as `Temporal`. */
  name: string;
  env: NodeJS.ProcessEnv;
  /** Everything it prints goes there. */
  logFile: string;
  cwd?: string;
  /** How long it may take to end by itself before it is killed; 10 s if not given. */
  stopGraceMs?: number;
}

/** Starts a server as a child that does not outlive this process, even if that is killed hard. */
export async function spawnServer(
  program: string,
  args: readonly string[],
  options: SpawnOptions,
): Promise<ChildServer> {
  await mkdir(dirname(options.logFile), { recursive: true });
  const child = spawn(program, args, {
    env: options.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  const tail = keepOutput(child, options.logFile);
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(`${options.name} cannot be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      resolve(`${options.name} ended (${signal ?? `code ${String(code)}`})`);
    });
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(await ended);
  watch(pid);
  return manage(child, pid, ended, tail, options.stopGraceMs ?? STOP_GRACE_MS);
}

function manage(
  child: ChildProcess,
  pid: number,
  ended: Promise<string>,
  lastLines: () => string,
  stopGraceMs: number,
): ChildServer {
  let hasEnded = false;
  let wasAsked = false;
  void ended.then(() => {
    hasEnded = true;
    unwatch(pid);
  });
  const died = new Promise<string>((resolve) => {
    void ended.then((reason) => {
      if (!wasAsked) resolve(`${reason}. Its last lines:\n${lastLines()}`);
    });
  });
  const stop = async (): Promise<void> => {
    wasAsked = true;
    if (hasEnded) return;
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), stopGraceMs);
    await ended;
    clearTimeout(kill);
  };
  return { pid, died, hasEnded: () => hasEnded, lastLines, stop };
}

function keepOutput(child: ChildProcess, logFile: string): () => string {
  let tail = '';
  const file = createWriteStream(logFile, { flags: 'a' });
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString()).slice(-TAIL_CHARACTERS);
      file.write(chunk);
    });
  }
  child.once('close', () => file.end());
  return () => tail.trim();
}

let guard: ChildProcess | undefined;

function watch(pid: number): void {
  guard ??= startGuard();
  guard.stdin?.write(`+${String(pid)}\n`);
}

function unwatch(pid: number): void {
  guard?.stdin?.write(`-${String(pid)}\n`);
}

/** One guard per process; unreferenced, so that it never keeps this process alive. */
function startGuard(): ChildProcess {
  const started = spawn(process.execPath, [join(__dirname, 'guard.mjs')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  started.on('error', () => undefined);
  started.stdin.on('error', () => undefined);
  started.unref();
  if (started.stdin instanceof Socket) started.stdin.unref();
  return started;
}
