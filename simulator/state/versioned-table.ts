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
  all(): T[];
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

  constructor(
    firstId: number,
    private readonly changed: () => void,
  ) {
    this.#nextId = firstId;
  }

  /** Adds a record at instant `now`; without an id it gets the next one. */
  insert(
    fields: Omit<T, keyof BaseRecord> & { organizationId?: number; id?: number },
    now: number,
  ): T {
    const id = fields.id ?? this.#nextId;
    if (this.#histories.has(id)) throw new RangeError(`the id ${id} was used before`);
    this.#nextId = Math.max(this.#nextId, id + 1);
    const value = {
      ...fields,
      id,
      organizationId: fields.organizationId ?? id,
      createdAt: now,
      updatedAt: now,
    } as unknown as T;
    const version: Version<T> = { value, from: now, until: null };
    this.#histories.set(id, [version]);
    this.#current.set(id, version);
    this.changed();
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
    this.changed();
    return value;
  }

  /** Changes fields that nobody asks the past about (such as the last use) without a new version. */
  touch(id: number, fields: Partial<Omit<T, keyof BaseRecord>>): void {
    const version = this.#current.get(id);
    if (version !== undefined) version.value = { ...version.value, ...fields };
  }

  /** Ends a record at `now`. Answers false when there was none. */
  remove(id: number, now: number): boolean {
    const version = this.#current.get(id);
    if (version === undefined) return false;
    version.until = now;
    this.#current.delete(id);
    this.changed();
    return true;
  }

  /** The table at a past instant (ms UTC), or as it stands now when `at` is left out. */
  view(at?: number): TableView<T> {
    if (at === undefined) {
      return {
        get: (id) => this.#current.get(id)?.value,
        all: () => [...this.#current.values()].map((version) => version.value).sort(byId),
      };
    }
    return {
      get: (id) => versionAt(this.#histories.get(id) ?? [], at)?.value,
      all: () =>
        [...this.#histories.values()]
          .flatMap((versions) => versionAt(versions, at)?.value ?? [])
          .sort(byId),
    };
  }

  /** The record as it is now. */
  get(id: number): T | undefined {
    return this.#current.get(id)?.value;
  }

  /** All records as they are now, by rising id. */
  all(): T[] {
    return this.view().all();
  }

  /** Forgets the oldest records so that at most `count` are left; for logs, whose past nobody asks about. */
  keepNewest(count: number): void {
    for (const id of this.#histories.keys()) {
      if (this.#histories.size <= count) return;
      this.#histories.delete(id);
      this.#current.delete(id);
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
  }
}

function byId(a: BaseRecord, b: BaseRecord): number {
  return a.id - b.id;
}

function versionAt<T>(versions: Version<T>[], at: number): Version<T> | undefined {
  return versions.find((v) => v.from <= at && (v.until === null || at < v.until));
}
