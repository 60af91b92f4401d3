import { randomBytes, randomUUID } from 'node:crypto';
import type { PassRef } from '../../src/domain/door';
import type { AccessLogEntry, Actor, Grant } from '../../src/domain/grant';
import { openStore, type Store } from '../../src/store';
import { testServers } from '../support/servers';

/** 2026-11-24T10:00:00Z */
export const T0 = 1_795_514_400_000;
export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const encryption = [{ id: 'k1', key: randomBytes(32) }];
export const admin: Actor = { type: 'api_key', id: 'key_admin' };

/** A clock that stands still until it is moved. */
export class TestClock {
  constructor(private time = T0) {}

  now(): number {
    return this.time;
  }

  pass(ms: number): void {
    this.time += ms;
  }
}

/** Opens a store on a database of its own for the suite, and closes it. */
export function useStore(): { store: () => Store; clock: TestClock; uri: string } {
  const clock = new TestClock();
  const uri = testServers().mongoUri(`store-${randomUUID()}`);
  let opened: Store | undefined;
  beforeAll(async () => {
    opened = await openStore({ uri, encryption, clock });
  });
  afterAll(() => opened?.close());
  return {
    clock,
    uri,
    store: () => {
      if (!opened) throw new Error('The store is open only while tests run.');
      return opened;
    },
  };
}

/** An id that no other test has. */
export function freshId(prefix: string): string {
  return `${prefix}_${randomUUID()}`;
}

let lastNumber = 1_000;

/** A number that no other test has; for Kisi's ids. */
export function freshNumber(): number {
  lastNumber += 1;
  return lastNumber;
}

export function aGrant(fields: Partial<Grant> = {}): Grant {
  return {
    id: freshId('grt'),
    memberId: 'mem_1',
    doorMappingId: 'dm_1',
    source: 'manual',
    sourceId: null,
    sourceOrder: 0,
    startsAt: T0,
    endsAt: T0 + HOUR,
    stops: [],
    provisioning: 'pending',
    problem: null,
    revision: 0,
    settled: false,
    recordNumber: 0,
    createdAt: T0,
    createdBy: admin,
    changedAt: T0,
    changedBy: admin,
    reason: null,
    inPlaceAt: null,
    removedAt: null,
    ...fields,
  };
}

export function aLogEntry(grant: Grant, fields: Partial<AccessLogEntry> = {}): AccessLogEntry {
  return {
    id: `${grant.id}:${String(grant.recordNumber)}`,
    action: 'grant',
    status: 'accepted',
    reason: null,
    problem: null,
    by: admin,
    at: T0,
    grant,
    ...fields,
  };
}

export function aPass(fields: Partial<PassRef> = {}): PassRef {
  return {
    memberId: freshId('mem'),
    organizationId: 7,
    target: { kind: 'lock', id: freshNumber() },
    ...fields,
  };
}

/** Reads a whole list page by page, and checks that no page is longer than asked for. */
export async function allPages<Item>(
  read: (cursor: string | null) => Promise<{ data: Item[]; nextCursor: string | null }>,
  limit: number,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page = await read(cursor);
    expect(page.data.length).toBeLessThanOrEqual(limit);
    items.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}
