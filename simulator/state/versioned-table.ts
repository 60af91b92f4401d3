import type { BaseRecord } from './records';

/** One version of a record and the half-open span [from, until) in which it was the truth (ms UTC). */
export interface Version<T> {
  value: T;
  from: number;
  /** null: it still is. */
  until: number | null;
}

/** A table as it stands at one instant. */
export interface TableView<T> {
  get(id: number): T | undefined;
  all(): readonly T[];
}

/** What a table is stored as. */
export interface TableSnapshot<T> {
  nextId: number;
  histories: Version<T>[][];
}

/**
 * A table that forgets nothing: each record keeps its versions with the instants at which they began and
 * ended to exist, so that any past instant can still be judged. Ids rise and are never used twice.
 */
export class VersionedTable<T extends BaseRecord> {
  readonly #histories = new Map<number, Version<T>[]>();
  readonly #current = new Map<number, Version<T>>();
  #nextId: number;
  /** Made on demand: a page of users asks for all rows once per user. */
  #all: readonly T[] | undefined;

  constructor(
    firstId: number,
    private readonly changed: () => void,
  ) {
    this.#nextId = firstId;
  }

  /** Adds a record at instant `now` and gives it the next id. */
  insert(fields: Omit<T, keyof BaseRecord> & { organizationId?: number }, now: number): T {
    const id = this.#nextId;
    this.#nextId += 1;
    const organizationId = fields.organizationId ?? id;
    const stamps = { id, organizationId, createdAt: now, updatedAt: now };
    const value = { ...fields, ...stamps } as unknown as T;
    const version: Version<T> = { value, from: now, until: null };
    this.#histories.set(id, [version]);
    this.#current.set(id, version);
    this.#noteChange();
    return value;
  }

  /** Replaces fields of a record from `now` on; the earlier version stays in the history. */
  update(id: number, fields: Partial<Omit<T, keyof BaseRecord>>, now: number): T {
    const version = this.#current.get(id);
    if (version === undefined) throw new RangeError(`no record ${id}`);
    const value: T = { ...version.value, ...fields, updatedAt: now };
    version.until = now;
    const next: Version<T> = { value, from: now, until: null };
    this.#histories.get(id)?.push(next);
    this.#current.set(id, next);
    this.#noteChange();
    return value;
  }

  /** Changes fields that nobody asks the past about (such as the last use) without a new version. */
  touch(id: number, fields: Partial<Omit<T, keyof BaseRecord>>): void {
    const version = this.#current.get(id);
    if (version === undefined) return;
    version.value = { ...version.value, ...fields };
    this.#all = undefined;
  }

  /** Ends a record at `now`. Answers false when there was none. */
  remove(id: number, now: number): boolean {
    const version = this.#current.get(id);
    if (version === undefined) return false;
    version.until = now;
    this.#current.delete(id);
    this.#noteChange();
    return true;
  }

  /** The table at a past instant (ms UTC), or as it stands now when `at` is left out. */
  view(at?: number): TableView<T> {
    if (at === undefined) return { get: (id) => this.get(id), all: () => this.all() };
    return {
      get: (id) => versionAt(this.#histories.get(id) ?? [], at)?.value,
      all: () =>
        [...this.#histories.values()].flatMap((versions) => versionAt(versions, at)?.value ?? []),
    };
  }

  /** The record as it is now. */
  get(id: number): T | undefined {
    return this.#current.get(id)?.value;
  }

  /** All records as they are now, by rising id: the order in which a Map keeps keys that were added rising. */
  all(): readonly T[] {
    this.#all ??= [...this.#current.values()].map((version) => version.value);
    return this.#all;
  }

  /** Forgets the oldest records so that at most `count` are left; for logs, whose past nobody asks about. */
  keepNewest(count: number): void {
    for (const id of this.#histories.keys()) {
      if (this.#histories.size <= count) return;
      this.#histories.delete(id);
      this.#current.delete(id);
      this.#all = undefined;
    }
  }

  snapshot(): TableSnapshot<T> {
    return { nextId: this.#nextId, histories: [...this.#histories.values()] };
  }

  restore(snapshot: TableSnapshot<T>): void {
    this.#histories.clear();
    this.#current.clear();
    this.#nextId = snapshot.nextId;
    for (const versions of structuredClone(snapshot.histories)) {
      const last = versions.at(-1);
      if (last === undefined) continue;
      this.#histories.set(last.value.id, versions);
      if (last.until === null) this.#current.set(last.value.id, last);
    }
    this.#noteChange();
  }

  #noteChange(): void {
    this.#all = undefined;
    this.changed();
  }
}

function versionAt<T>(versions: Version<T>[], at: number): Version<T> | undefined {
  return versions.find((v) => v.from <= at && (v.until === null || at < v.until));
}
