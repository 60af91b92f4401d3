import { readFileSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * A JSON file that is replaced whole and atomically (written beside, then renamed), so that a crash leaves
 * the old or the new content, never half of one. Saves that arrive while one is running become one more.
 */
export class DataFile {
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  constructor(
    private readonly path: string,
    private readonly content: () => unknown,
  ) {}

  /** The stored content, or undefined when there is no file yet. Throws when the file is not JSON. */
  load(): unknown {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw cause;
    }
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new Error(
        `The simulator's data file ${this.path} is not JSON; move it away to start afresh.`,
        { cause },
      );
    }
  }

  /** Resolves once everything that had changed before the call is in the file. */
  save(): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#write().finally(() => {
        this.#running = undefined;
      });
      return this.#running;
    }
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        return this.save();
      });
    return this.#next;
  }

  async #write(): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true });
    const beside = `${this.path}.new`;
    // Login secrets are inside, so only the owner may read it.
    await writeFile(beside, JSON.stringify(this.content()), { mode: 0o600 });
    await rename(beside, this.path);
  }
}
