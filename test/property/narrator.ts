/** Keeps what happened in a run, in words, for the reader of a failure. */
export class Narrator {
  readonly #lines: { at: number; line: string }[] = [];
  readonly #begin: number;

  /** @param begin instants are told from here on (ms UTC) */
  constructor(begin: number) {
    this.#begin = begin;
  }

  tell(at: number, what: string): void {
    this.#lines.push({ at, line: `  ${this.when(at)}  ${what}` });
  }

  /** `+mm:ss.mmm` since the run began. */
  when(at: number | null): string {
    if (at === null) return 'open-ended';
    const ms = Math.abs(at - this.#begin);
    const part = (value: number, digits: number): string => String(value).padStart(digits, '0');
    const minutes = part(Math.floor(ms / 60_000), 2);
    const seconds = part(Math.floor(ms / 1_000) % 60, 2);
    return `${at < this.#begin ? '-' : '+'}${minutes}:${seconds}.${part(ms % 1_000, 3)}`;
  }

  get story(): string {
    const inOrder = [...this.#lines].sort((a, b) => a.at - b.at);
    return inOrder.map(({ line }) => line).join('\n');
  }
}
