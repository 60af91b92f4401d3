import type { AccessLogEntry, Grant } from '../../src/domain/grant';
import { createConnection } from 'mongoose';
import { standInGrant, strangerId } from '../../src/domain/stand-in';
import type { AccessLogFilter } from '../../src/store';
import { aGrant, aLogEntry, admin, allPages, freshId, T0, useStore } from './fixtures';

const { store, uri } = useStore();

describe('accessLog', () => {
  it('gives back every field, with the whole grant', async () => {
    const grant = aGrant({ endsAt: null, problem: { type: 'kisi_refused', detail: 'no' } });
    const entry = aLogEntry(grant, {
      action: 'revoke',
      status: 'attention',
      reason: 'because',
      problem: { type: 'kisi_refused', detail: 'no' },
      by: { type: 'temporal', id: 'web' },
    });
    await store().accessLog.append([entry]);
    expect((await store().accessLog.list({ grantId: grant.id }, { limit: 2 })).data).toEqual([
      entry,
    ]);
  });

  it('never changes a row that is there', async () => {
    const grant = aGrant();
    await store().accessLog.append([aLogEntry(grant, { reason: 'first' })]);
    await store().accessLog.append([
      aLogEntry(grant, { reason: 'second' }),
      aLogEntry({ ...grant, recordNumber: 1 }),
    ]);
    const rows = (await store().accessLog.list({ grantId: grant.id }, { limit: 5 })).data;
    expect(rows.map(({ reason }) => reason)).toEqual([null, 'first']);
    await store().accessLog.append([]);
  });

  it('takes the same batch from two workers at once', async () => {
    const grant = aGrant();
    const batch = Array.from({ length: 20 }, (_, recordNumber) =>
      aLogEntry({ ...grant, recordNumber }),
    );
    await Promise.all([1, 2, 3].map(() => store().accessLog.append(batch)));
    const rows = (await store().accessLog.list({ grantId: grant.id }, { limit: 100 })).data;
    expect(rows).toHaveLength(20);
  });

  it('lists the newest first: by time, then by record number as a number', async () => {
    const grant = aGrant();
    await store().accessLog.append([
      aLogEntry({ ...grant, recordNumber: 9 }),
      aLogEntry({ ...grant, recordNumber: 10 }),
      aLogEntry({ ...grant, recordNumber: 11 }, { at: T0 - 1 }),
      aLogEntry({ ...grant, recordNumber: 8 }, { at: T0 + 1 }),
    ]);
    const rows = await allPages(
      (cursor) => store().accessLog.list({ grantId: grant.id }, { cursor, limit: 1 }),
      1,
    );
    expect(rows.map((row) => row.grant.recordNumber)).toEqual([8, 10, 9, 11]);
  });

  it('filters by each field', async () => {
    const grant = aGrant({
      doorMappingId: freshId('dm'),
      memberId: freshId('mem'),
      source: 'booking',
    });
    const granted = aLogEntry({ ...grant, recordNumber: 1 });
    const removed = aLogEntry(
      { ...grant, recordNumber: 2 },
      { action: 'expire', status: 'removed', at: T0 + 10 },
    );
    await store().accessLog.append([granted, removed]);
    const both = [removed, granted];
    const matches: [AccessLogFilter, AccessLogEntry[]][] = [
      [{ doorMappingId: grant.doorMappingId }, both],
      [{ memberId: grant.memberId }, both],
      [{ grantId: grant.id, action: 'expire' }, [removed]],
      [{ grantId: grant.id, status: 'accepted' }, [granted]],
      [{ grantId: grant.id, from: T0 + 10 }, [removed]],
      [{ grantId: grant.id, to: T0 + 10 }, [granted]],
      [{ grantId: grant.id, from: T0, to: T0 + 11 }, both],
      [{ grantId: grant.id, source: 'booking' }, both],
      [{ grantId: grant.id, source: 'plan' }, []],
      [{ grantId: grant.id, people: { start: grant.memberId.slice(0, 12), ids: [] } }, both],
      [{ grantId: grant.id, people: { start: 'zed', ids: [grant.memberId] } }, both],
      [{ grantId: grant.id, people: { start: 'zed', ids: ['mem_none'] } }, []],
      [{ grantId: grant.id, memberId: 'mem_none' }, []],
    ];
    for (const [filter, expected] of matches) {
      expect((await store().accessLog.list(filter, { limit: 5 })).data).toEqual(expected);
    }
  });
});

describe('the log of a lock', () => {
  const unlock = (doorMappingId: string, at: number, alsoIn: string[]): AccessLogEntry =>
    aLogEntry(aGrant({ doorMappingId, memberId: freshId('mem') }), {
      id: freshId('unlock'),
      action: 'unlock',
      status: 'opened',
      at,
      lock: { id: 4_712, name: 'Meeting Room 1', alsoIn },
    });

  it('has its own rows and those through a group, newest first over all pages', async () => {
    const [lock, group] = [freshId('dm'), freshId('dm')];
    const rows = [
      unlock(group, T0 + 5, [lock, freshId('dm')]),
      unlock(lock, T0 + 4, []),
      unlock(group, T0 + 3, [lock]),
      unlock(group, T0 + 3, [lock]),
      unlock(lock, T0 + 3, []),
      aLogEntry(aGrant({ doorMappingId: lock }), { at: T0 }),
    ];
    await store().accessLog.append([...rows, unlock(group, T0 + 4, [])]);
    for (const limit of [1, 2, 3, 10]) {
      const read = await allPages(
        (cursor) => store().accessLog.list({ logOf: lock }, { cursor, limit }),
        limit,
      );
      expect(read.map(({ at }) => at - T0)).toEqual([5, 4, 3, 3, 3, 0]);
      expect(new Set(read.map(({ id }) => id))).toEqual(new Set(rows.map(({ id }) => id)));
    }
    const all = (await store().accessLog.list({ logOf: group }, { limit: 10 })).data;
    expect(all).toHaveLength(4);
    const own = (await store().accessLog.list({ doorMappingId: lock }, { limit: 10 })).data;
    expect(own).toHaveLength(3);
  });

  it('keeps the filters for both, and each field of the lock', async () => {
    const [lock, group] = [freshId('dm'), freshId('dm')];
    const through = unlock(group, T0 + 1, [lock]);
    await store().accessLog.append([through, unlock(lock, T0, [])]);
    const { memberId } = through.grant;
    const people = { start: memberId, ids: [] };
    for (const filter of [{ memberId }, { people }, { from: T0 + 1 }]) {
      const { data } = await store().accessLog.list({ logOf: lock, ...filter }, { limit: 5 });
      expect(data).toEqual([through]);
    }
  });

  it('leaves out rows of others whose mapping is not among those asked for', async () => {
    const [lock, group, other] = [freshId('dm'), freshId('dm'), freshId('dm')];
    const rows = [
      unlock(group, T0 + 2, [lock]),
      unlock(other, T0 + 1, [lock]),
      unlock(lock, T0, []),
    ];
    await store().accessLog.append(rows);
    const filter = { logOf: lock, othersOf: [group] };
    const { data } = await store().accessLog.list(filter, { limit: 5 });
    expect(data).toEqual([rows[0], rows[2]]);
  });

  it('finds whom Kisi alone knows by a word of their name, and by no source', async () => {
    const doorMappingId = freshId('dm');
    const who = { eventId: freshId('event'), memberId: strangerId('User', 7), doorMappingId };
    const row = aLogEntry(standInGrant(who, T0, admin), {
      action: 'unlock',
      kisiName: 'Olivia van Owner',
    });
    await store().accessLog.append([row]);
    for (const [filter, expected] of [
      [{ people: { start: 'VAN O', ids: [] } }, [row]],
      [{ people: { start: 'wner', ids: [] } }, []],
      [{ people: { start: 'kisi', ids: [] } }, []],
      [{ source: 'manual' }, []],
    ] satisfies [AccessLogFilter, AccessLogEntry[]][]) {
      const { data } = await store().accessLog.list({ doorMappingId, ...filter }, { limit: 5 });
      expect(data).toEqual(expected);
    }
  });

  it('reads rows from before the lock was kept', async () => {
    const old = aLogEntry(aGrant({ doorMappingId: freshId('dm') }), { action: 'unlock' });
    await store().accessLog.append([old]);
    const raw = await createConnection(uri).asPromise();
    const named = { doorMappingId: old.grant.doorMappingId };
    await raw.collection('accessLog').updateOne(named, { $unset: { lock: 1 } });
    await raw.close();
    const { data } = await store().accessLog.list({ logOf: named.doorMappingId }, { limit: 5 });
    expect(data).toEqual([old]);
  });
});

describe('rebuildGrants', () => {
  async function readAll(): Promise<Map<string, Grant>> {
    const grants = await allPages(
      (cursor) => store().grants.list({}, { cursor, limit: 50 }, T0),
      50,
    );
    return new Map(grants.map((grant) => [grant.id, grant]));
  }

  it('brings every document back from the log, and again changes nothing', async () => {
    const raw = await createConnection(uri).asPromise();
    await raw.collection('accessLog').deleteMany({});
    await raw.collection('grants').deleteMany({});
    for (let index = 0; index < 30; index += 1) {
      const grant = aGrant({ stops: index % 2 === 0 ? [] : ['admin'] });
      const last = 9 + (index % 4);
      for (let recordNumber = 1; recordNumber <= last; recordNumber += 1) {
        await store().grants.record([
          aLogEntry({ ...grant, recordNumber, revision: recordNumber }),
        ]);
      }
    }
    const before = await readAll();
    expect(before.size).toBe(30);
    await raw.collection('grants').deleteMany({});
    expect((await readAll()).size).toBe(0);

    expect(await store().rebuildGrants()).toEqual({ read: 30, written: 30 });
    expect(await readAll()).toEqual(before);
    expect(await store().rebuildGrants()).toEqual({ read: 30, written: 0 });
    await raw.close();
  });

  it('leaves a newer document alone, and takes no unlock for a change', async () => {
    const grant = aGrant({ recordNumber: 2, reason: 'logged' });
    await store().grants.record([aLogEntry(grant)]);
    const unlock = aLogEntry(
      { ...grant, recordNumber: 7, reason: 'unlocked' },
      { id: freshId('unlock'), action: 'unlock', by: admin },
    );
    await store().accessLog.append([unlock]);
    const latest = [];
    for await (const entry of store().accessLog.latestPerGrant()) {
      if (entry.grant.id === grant.id) latest.push(entry.grant.reason);
    }
    expect(latest).toEqual(['logged']);
    await store().grants.replaceGrant({ ...grant, recordNumber: 3, reason: 'newer' });
    await store().rebuildGrants();
    expect((await store().grants.get(grant.id))?.reason).toBe('newer');
  });
});
