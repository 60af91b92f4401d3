import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningServer } from '../servers/options';

type Watched = Pick<RunningServer, 'stop' | 'died'>;

type EndReason = { kind: 'asked'; signal: NodeJS.Signals } | { kind: 'failed'; error: Error };

/** How long a process that had Ctrl-C itself may take to end before it is asked again. */
const SELF_END_MS = 5000;

/**
 * Keeps the processes of `npm start` together: when one ends by itself, the work fails or somebody
 * presses Ctrl-C, all are ended, the last started first, since it uses those before it.
 */
export class Supervisor {
  private readonly watched: Watched[] = [];
  private readonly endingThemselves: Watched[] = [];
  private readonly endings: (() => Promise<void>)[] = [];
  private end: (reason: EndReason) => void = () => undefined;
  private readonly ended = new Promise<EndReason>((resolve) => {
    this.end = resolve;
  });

  constructor(private readonly print: (line: string) => void) {}

  /** Does the work, waits for the end, and ends this process: code 0 only if somebody asked for it. */
  async run(work: (supervisor: Supervisor) => Promise<void>): Promise<never> {
    this.listen();
    // Promises alone do not keep a process alive.
    const keepAlive = setInterval(() => undefined, 60_000);
    work(this).catch((error: unknown) => {
      this.fail(error instanceof Error ? error.message : String(error));
    });
    const reason = await this.ended;
    clearInterval(keepAlive);
    if (reason.kind === 'failed') process.stderr.write(`\n${reason.error.message}\n`);
    this.print('\nEnding …');
    await this.stopAll(reason);
    // What was only being started is ended by the guard of its process, which sees this one go.
    process.exit(reason.kind === 'failed' ? 1 : 0);
  }

  /**
   * Ends everything when this one ends by itself.
   * @param onInterrupt `self`: on Ctrl-C, which reaches the whole process group, it ends in good order.
   */
  watch<Server extends Watched>(server: Server, onInterrupt: 'self' | 'told' = 'told'): Server {
    this.watched.unshift(server);
    if (onInterrupt === 'self') this.endingThemselves.push(server);
    void server.died.then((reason) => {
      this.fail(reason);
    });
    return server;
  }

  /** Something to do after all processes have ended. */
  atEnd(ending: () => Promise<void>): void {
    this.endings.unshift(ending);
  }

  private fail(reason: string): void {
    this.end({ kind: 'failed', error: new Error(reason) });
  }

  private listen(): void {
    const ask = (signal: NodeJS.Signals): void => {
      this.end({ kind: 'asked', signal });
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, ask);
    // The channel to scripts/bootstrap.mjs closes when that was killed hard.
    process.once('disconnect', () => {
      ask('SIGTERM');
    });
    process.channel?.unref();
  }

  private async stopAll(reason: EndReason): Promise<void> {
    if (reason.kind === 'asked' && reason.signal === 'SIGINT') {
      const themselves = Promise.all(this.endingThemselves.map((server) => server.died));
      await Promise.race([themselves, sleep(SELF_END_MS)]);
    }
    for (const { stop } of this.watched) await stop();
    for (const ending of this.endings) await ending();
  }
}
