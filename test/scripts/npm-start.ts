import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { freePort } from '../../scripts/servers/ports';

const root = join(__dirname, '..', '..');
const WAIT_MS = 150_000;

/** One `npm start` in a process group of its own, on free ports. */
export class NpmStart {
  output = '';
  readonly ports: Record<'PORT' | 'SIMULATOR_PORT' | 'TEMPORAL_PORT' | 'TEMPORAL_UI_PORT', number>;
  /** Its exit code, or the signal that npm passes on to itself after Ctrl-C. */
  readonly exit: Promise<number | string | null>;
  private readonly child: ChildProcess;
  private hasEnded = false;

  private constructor(ports: NpmStart['ports'], dataDir: string, env: NodeJS.ProcessEnv) {
    this.ports = ports;
    const portVariables = Object.entries(ports).map(
      ([name, port]) => [name, String(port)] as const,
    );
    this.child = spawn('npm', ['start'], {
      cwd: root,
      detached: true,
      env: {
        ...process.env,
        MONGODB_URI: undefined,
        TEMPORAL_ADDRESS: undefined,
        KISI_BASE_URL: undefined,
        ADMIN_API_KEY: undefined,
        ...Object.fromEntries<string>(portVariables),
        DATA_DIR: dataDir,
        ...env,
      },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
    this.exit = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.hasEnded = true;
        resolve(code ?? signal);
      });
    });
  }

  static async start(dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<NpmStart> {
    const ports = {
      PORT: await freePort(),
      SIMULATOR_PORT: await freePort(),
      TEMPORAL_PORT: await freePort(),
      TEMPORAL_UI_PORT: await freePort(),
    };
    return new NpmStart(ports, dataDir, env);
  }

  /** Waits for a line; @throws Error with all that was printed when the command ends before it. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    const end = Date.now() + WAIT_MS;
    for (;;) {
      const found = pattern.exec(this.output);
      if (found !== null) return found;
      if (this.hasEnded || Date.now() > end) {
        throw new Error(`npm start did not print ${String(pattern)}, but:\n${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The commands that run in its process group now, by process id. */
  processes(): Map<number, string> {
    const { stdout } = spawnSync('ps', ['-e', '-o', 'pid=,pgid=,args='], { encoding: 'utf8' });
    const found = new Map<number, string>();
    for (const line of stdout.split('\n')) {
      const [, pid, group, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
      if (group === String(this.child.pid)) found.set(Number(pid), command ?? '');
    }
    return found;
  }

  processOf(command: RegExp): number {
    for (const [pid, args] of this.processes()) if (command.test(args)) return pid;
    throw new Error(`no process of npm start runs ${String(command)}`);
  }

  /** As Ctrl-C in a terminal: the whole process group gets the signal. */
  interrupt(): void {
    if (this.child.pid !== undefined) process.kill(-this.child.pid, 'SIGINT');
  }

  /** Ends whatever is left, at the end of a test. */
  async end(): Promise<void> {
    if (!this.hasEnded) {
      this.interrupt();
      await this.exit;
    }
  }
}
