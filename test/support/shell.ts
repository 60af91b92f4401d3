import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';

/** A bash that keeps its variables between commands, as a reader's terminal does. */
export interface Shell {
  /**
   * Runs the text as it is and answers what it printed.
   * @throws Error with all it printed, when its last command fails or it takes longer than a minute
   */
  run(text: string): Promise<string>;
  close(): void;
}

const TIMEOUT_MS = 60_000;

export function openShell(env: NodeJS.ProcessEnv, cwd: string): Shell {
  const bash = spawn('bash', ['--noprofile', '--norc'], { env, cwd, stdio: 'pipe' });
  let output = '';
  let notice = (): void => undefined;
  for (const stream of [bash.stdout, bash.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      notice();
    });
  }
  return {
    async run(text) {
      const mark = randomUUID();
      output = '';
      const done = new RegExp(`^([^]*)\n${mark} (\\d+)\n`);
      const code = new Promise<string>((resolve, reject) => {
        const timer = setTimeout(() => {
          reject(new Error(`Not done after ${String(TIMEOUT_MS)} ms:\n${text}\n${output}`));
        }, TIMEOUT_MS);
        notice = () => {
          const [, , status] = done.exec(output) ?? [];
          if (status === undefined) return;
          clearTimeout(timer);
          resolve(status);
        };
      });
      bash.stdin.write(`${text}\nprintf '\\n%s %s\\n' ${mark} $?\n`);
      const status = await code;
      const printed = (done.exec(output)?.[1] ?? '').trim();
      if (status !== '0') throw new Error(`Ended with ${status}:\n${text}\n${printed}`);
      return printed;
    },
    close() {
      bash.stdin.end();
      bash.kill();
    },
  };
}
