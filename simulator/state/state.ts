import { randomUUID } from 'node:crypto';
import { firstIds } from './records';
import type { KisiEvent, Records, RoleAssignment, TableName } from './records';
import { VersionedTable } from './versioned-table';
import type { TableSnapshot, TableView } from './versioned-table';

/** All tables as they stand at one instant. */
export type View = { readonly [K in TableName]: TableView<Records[K]> };

/** What all tables are stored as. */
export type StateSnapshot = { [K in TableName]: TableSnapshot<Records[K]> };

type Tables = { readonly [K in TableName]: VersionedTable<Records[K]> };

/** Low for a log that is kept in memory and written whole: enough to look back over a test or a demo day. */
const eventsKept = 5_000;

const tableNames = Object.keys(firstIds) as TableName[];

/** The simulated Kisi's memory, with the rules that tie its tables together (what goes when a group goes). */
export class State {
  readonly tables: Tables;
  /** Rises with each change; tells whether there is something to store. */
  revision = 0;
  /** Told of each event that is recorded. */
  onEvent: ((event: KisiEvent) => void) | undefined;

  constructor() {
    const changed = (): void => {
      this.revision += 1;
    };
    this.tables = Object.fromEntries(
      tableNames.map((name) => [name, new VersionedTable(firstIds[name], changed)]),
    ) as unknown as Tables;
  }

  /** Everything at a past instant (ms UTC), or as it stands now when `at` is left out. */
  view(at?: number): View {
    return Object.fromEntries(
      tableNames.map((name) => [name, this.tables[name].view(at)]),
    ) as unknown as View;
  }

  /** Deletes a user with their rows and logins, in one instant. */
  removeUser(id: number, now: number): boolean {
    this.#removeRows((row) => row.assigneeType === 'User' && row.assigneeId === id, now);
    for (const login of this.tables.logins.all()) {
      if (login.userId === id) this.tables.logins.remove(login.id, now);
    }
    return this.tables.users.remove(id, now);
  }

  /** Deletes a group with its rows, doors and access links, in one instant. */
  removeGroup(id: number, now: number): boolean {
    this.#removeRows((row) => row.appliesToType === 'Group' && row.appliesToId === id, now);
    for (const groupLock of this.tables.groupLocks.all()) {
      if (groupLock.groupId === id) this.tables.groupLocks.remove(groupLock.id, now);
    }
    for (const link of this.tables.groupLinks.all()) {
      if (link.groupId === id) this.tables.groupLinks.remove(link.id, now);
    }
    return this.tables.groups.remove(id, now);
  }

  /** Deletes a lock and takes it out of its groups. */
  removeLock(id: number, now: number): boolean {
    for (const groupLock of this.tables.groupLocks.all()) {
      if (groupLock.lockId === id) this.tables.groupLocks.remove(groupLock.id, now);
    }
    return this.tables.locks.remove(id, now);
  }

  /** Deletes the rows whose window is over at `now` (the switch `expiredRows: purged`). */
  purgeExpiredRows(now: number): void {
    this.#removeRows((row) => row.validUntil !== null && row.validUntil <= now, now);
  }

  /** Appends to Kisi's event history. */
  recordEvent(
    event: Pick<KisiEvent, 'organizationId' | 'type' | 'objectType' | 'objectId'> &
      Partial<Pick<KisiEvent, 'actorType' | 'actorId' | 'success' | 'errorCode'>>,
    now: number,
  ): void {
    const recorded = this.tables.events.insert(
      {
        actorType: 'User',
        actorId: null,
        success: true,
        errorCode: null,
        uuid: randomUUID(),
        ...event,
      },
      now,
    );
    this.tables.events.keepNewest(eventsKept);
    this.onEvent?.(recorded);
  }

  snapshot(): StateSnapshot {
    return Object.fromEntries(
      tableNames.map((name) => [name, this.tables[name].snapshot()]),
    ) as unknown as StateSnapshot;
  }

  restore(snapshot: StateSnapshot): void {
    for (const name of tableNames) restoreTable(this.tables[name], snapshot[name]);
  }

  #removeRows(matches: (row: RoleAssignment) => boolean, now: number): void {
    for (const row of this.tables.roleAssignments.all()) {
      if (matches(row)) this.tables.roleAssignments.remove(row.id, now);
    }
  }
}

/** One call per table: TypeScript cannot see that a table and its snapshot share a name in a loop. */
function restoreTable(table: unknown, snapshot: unknown): void {
  (table as VersionedTable<Records['users']>).restore(snapshot as TableSnapshot<Records['users']>);
}
