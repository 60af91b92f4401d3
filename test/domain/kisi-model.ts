import type { LearnedBehaviour } from '../../src/domain/door';
import type { Window } from '../../src/domain/grant';
import type { PassRow, PassStep } from '../../src/domain/pass-plan';

/** How a Kisi organization behaves; one value of each switch (kisi facts §4 and §2.6). */
export interface ModelModes {
  /** A second row of the same user in the same group. */
  secondRows: 'accepted' | 'refused' | 'sameWindowRefused';
  patch: 'honoured' | 'ignored' | 'refused';
  expiredRows: 'kept' | 'purged';
  expiredRowBlocks: boolean;
}

/** What the model saw happen to the rows, one entry per request that changed or tried to change them. */
export type ModelEvent =
  | { did: 'create' | 'patch'; window: Window; openAfter: boolean }
  /** `forRoom`: an ended row that Kisi named as the reason of a refusal. */
  | { did: 'delete'; row: PassRow; openAfter: boolean; forRoom: boolean };

/** Whole seconds are sent, so that less is Kisi's rounding. */
const SAME = 999;

/** One user's rows in one group of a Kisi organization: pure, with a clock that the test moves. */
export class KisiModel {
  rows: PassRow[] = [];
  now: number;
  readonly events: ModelEvent[] = [];
  #lastId = 0;

  constructor(
    readonly modes: ModelModes,
    now: number,
  ) {
    this.now = now;
  }

  isOpen(at = this.now): boolean {
    return this.rows.some((row) => covers(row, at));
  }

  list(): PassRow[] {
    if (this.modes.expiredRows === 'purged') {
      this.rows = this.rows.filter((row) => !this.hasEnded(row));
    }
    return this.rows.map((row) => ({ ...row }));
  }

  /** Somebody at the dashboard adds a row. */
  addForeign(window: { from: number | null; until: number | null }): void {
    this.rows.push({ id: this.#nextId(), ...window, ours: false });
  }

  removeForeign(): void {
    this.rows = this.rows.filter((row) => row.ours);
  }

  /** Null: refused. */
  create(window: Window): PassRow | null {
    const begun = window.from <= this.now;
    const row = {
      id: this.#nextId(),
      from: begun ? null : window.from,
      until: window.until,
      ours: true,
    };
    if (this.#refuses(row)) return null;
    this.rows.push(row);
    this.events.push({ did: 'create', window, openAfter: this.isOpen() });
    return row;
  }

  patch(id: number, window: Window): 'done' | 'refused' {
    const row = this.#ours(id);
    if (this.modes.patch === 'refused') return 'refused';
    if (this.modes.patch === 'honoured') {
      const begun = window.from <= this.now;
      row.from = begun ? (row.from !== null && row.from > this.now ? null : row.from) : window.from;
      row.until = window.until;
      this.events.push({ did: 'patch', window, openAfter: this.isOpen() });
    }
    return 'done';
  }

  delete(id: number, forRoom = false): void {
    const row = this.#ours(id);
    this.rows = this.rows.filter((other) => other.id !== id);
    this.events.push({ did: 'delete', row, openAfter: this.isOpen(), forRoom });
  }

  hasEnded(row: PassRow): boolean {
    return row.until !== null && row.until <= this.now;
  }

  #refuses(wanted: PassRow): boolean {
    const blocking = this.rows.filter(
      (row) =>
        !this.hasEnded(row) || (this.modes.expiredRowBlocks && this.modes.expiredRows === 'kept'),
    );
    if (blocking.length === 0 || this.modes.secondRows === 'accepted') return false;
    if (this.modes.secondRows === 'refused') return true;
    return blocking.some((row) => row.from === wanted.from && row.until === wanted.until);
  }

  /** @throws Error when the row is not ours to change. */
  #ours(id: number): PassRow {
    const row = this.rows.find((candidate) => candidate.id === id);
    if (!row) throw new Error(`row ${String(id)} is not there`);
    if (!row.ours) throw new Error(`row ${String(id)} is foreign and was touched`);
    return row;
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}

/** Whether a row gives access at this instant. */
export function covers(row: { from: number | null; until: number | null }, at: number): boolean {
  return (row.from === null || row.from <= at) && (row.until === null || at < row.until);
}

/**
 * Does one step as `src/access/pass-steps.ts` does: with what it learns, and how it understands a
 * refusal. `blocked`: a foreign row is in the way.
 */
export function perform(
  kisi: KisiModel,
  learned: LearnedBehaviour,
  step: Exclude<PassStep, { kind: 'rest' }>,
): 'done' | 'blocked' {
  switch (step.kind) {
    case 'obstructed':
      return 'blocked';
    case 'delete':
      kisi.delete(step.row.id);
      return 'done';
    case 'replace':
      kisi.delete(step.row.id);
      return create(kisi, learned, step.window);
    case 'create':
      return create(kisi, learned, step.window);
    case 'patch': {
      const done = kisi.patch(step.row.id, step.window);
      const honoured = kisi.modes.patch === 'honoured';
      learned.patch = done === 'refused' ? 'refused' : honoured ? 'honoured' : 'ignored';
      return 'done';
    }
  }
}

function create(kisi: KisiModel, learned: LearnedBehaviour, window: Window): 'done' | 'blocked' {
  const alive = kisi.rows.some((row) => row.ours && !kisi.hasEnded(row));
  if (kisi.create(window)) {
    if (alive) learned.secondRows = 'accepted';
    return 'done';
  }
  const ours = kisi.list().filter((row) => row.ours);
  if (ours.some((row) => isSame(row, window, kisi.now))) return 'done';
  if (ours.some((row) => !kisi.hasEnded(row))) {
    learned.secondRows = 'refused';
    return 'done';
  }
  if (ours.length === 0) return 'blocked';
  for (const row of ours) kisi.delete(row.id, true);
  return 'done';
}

function isSame(row: PassRow, window: Window, now: number): boolean {
  const from = row.from ?? -Infinity;
  const starts = (from <= now && window.from <= now) || Math.abs(from - window.from) <= SAME;
  const ends =
    row.until === null || window.until === null
      ? row.until === window.until
      : Math.abs(row.until - window.until) <= SAME;
  return starts && ends;
}
