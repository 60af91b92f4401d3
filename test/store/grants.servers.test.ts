import { statusAt } from '../../src/domain/grant-life';
import { GRANT_STATUSES, type Grant, type GrantStop } from '../../src/domain/grant';
import { InvalidCursor, type GrantFilter } from '../../src/store';
import { aGrant, aLogEntry, allPages, freshId, HOUR, T0, useStore } from './fixtures';

const { store } = useStore();

/** All ids that match, read two at a time. */
async function listIds(filter: GrantFilter, now = T0): Promise<string[]> {
  const grants = await allPages(
    (cursor) => store().grants.list(filter, { cursor, limit: 2 }, now),
    2,
  );
  return grants.map(({ id }) => id);
}

async function insert(fields: Partial<Grant>): Promise<Grant> {
  const grant = aGrant(fields);
  await store().grants.insertAccepted(grant);
  return grant;
}

describe('grants: writing', () => {
  it('gives back every field as it was', async () => {
    const grant = await insert({
      source: 'booking',
      sourceId: 'bk_1',
      endsAt: null,
      stops: ['admin', 'source'],
      provisioning: 'attention',
      problem: { type: 'kisi_refused', detail: 'no' },
      reason: 'because',
      inPlaceAt: T0 + 1,
      removedAt: T0 + 2,
    });
    expect(await store().grants.get(grant.id)).toEqual(grant);
    expect(await store().grants.getMany([grant.id, 'grt_none'])).toEqual([grant]);
    expect(await store().grants.get('grt_none')).toBeNull();
  });

  it('accepts once: a retry and a late insert change nothing', async () => {
    const grant = await insert({});
    const further = { ...grant, recordNumber: 5, revision: 5, provisioning: 'in_place' as const };
    await store().grants.record([aLogEntry(further)]);
    await store().grants.insertAccepted(grant);
    expect(await store().grants.get(grant.id)).toEqual(further);
  });

  it('overtakes the insert of the API when the workflow is faster', async () => {
    const grant = aGrant();
    const first = { ...grant, recordNumber: 1, revision: 1 };
    await store().grants.record([aLogEntry(first)]);
    await store().grants.insertAccepted(grant);
    expect(await store().grants.get(grant.id)).toEqual(first);
  });

  it('lets an older or equal record never overwrite a newer', async () => {
    const grant = aGrant({ recordNumber: 10, reason: 'ten' });
    expect(await store().grants.replaceGrant(grant)).toBe(true);
    expect(await store().grants.replaceGrant({ ...grant, recordNumber: 9, reason: 'nine' })).toBe(
      false,
    );
    expect(await store().grants.replaceGrant({ ...grant, reason: 'ten again' })).toBe(false);
    expect((await store().grants.get(grant.id))?.reason).toBe('ten');
    expect(await store().grants.replaceGrant({ ...grant, recordNumber: 11, reason: null })).toBe(
      true,
    );
    expect(await store().grants.get(grant.id)).toMatchObject({ recordNumber: 11, reason: null });
  });

  it('ends with the newest whatever the order of arrival', async () => {
    const grant = aGrant();
    const numbers = Array.from({ length: 12 }, (_, index) => ((index * 7) % 12) + 1);
    await Promise.all(
      numbers.map((recordNumber) =>
        store().grants.record([aLogEntry({ ...grant, recordNumber, revision: recordNumber })]),
      ),
    );
    expect(await store().grants.get(grant.id)).toMatchObject({ recordNumber: 12, revision: 12 });
    const log = await store().accessLog.list({ grantId: grant.id }, { limit: 50 });
    expect(log.data.map((row) => row.grant.recordNumber)).toEqual([
      12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1,
    ]);
  });

  it('projects the newest of each grant in a batch, and the batch twice changes nothing', async () => {
    const [one, two] = [aGrant(), aGrant()];
    const batch = [
      aLogEntry({ ...one, recordNumber: 2 }),
      aLogEntry({ ...one, recordNumber: 1 }),
      aLogEntry({ ...two, recordNumber: 3 }),
    ];
    await store().grants.record(batch);
    await store().grants.record(batch);
    await store().grants.record([]);
    expect((await store().grants.get(one.id))?.recordNumber).toBe(2);
    expect((await store().grants.get(two.id))?.recordNumber).toBe(3);
    expect((await store().accessLog.list({ grantId: one.id }, { limit: 9 })).data).toHaveLength(2);
  });
});

describe('grants: listing', () => {
  it('shows the newest first, and id breaks ties', async () => {
    const memberId = freshId('mem');
    const made = [
      await insert({ id: 'grt_tie_a', memberId, createdAt: T0 }),
      await insert({ id: 'grt_tie_b', memberId, createdAt: T0 }),
      await insert({ memberId, createdAt: T0 + 2 }),
      await insert({ id: 'grt_tie_c', memberId, createdAt: T0 }),
      await insert({ memberId, createdAt: T0 - 1 }),
    ].map(({ id }) => id);
    const [a, b, newest, c, oldest] = made;
    expect(await listIds({ memberId })).toEqual([newest, c, b, a, oldest]);
  });

  it('goes on where it was while newer grants arrive', async () => {
    const memberId = freshId('mem');
    const old = await insert({ memberId, createdAt: T0 });
    const young = await insert({ memberId, createdAt: T0 + 1 });
    const first = await store().grants.list({ memberId }, { limit: 1 }, T0);
    await insert({ memberId, createdAt: T0 + 2 });
    const second = await store().grants.list(
      { memberId },
      { cursor: first.nextCursor, limit: 1 },
      T0,
    );
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual([young.id, old.id]);
    expect(second.nextCursor).toBeNull();
  });

  it.each([
    ['another list', ['locations', T0, 'grt_1']],
    ['too short', ['grants', T0]],
    ['no date', ['grants', 'yesterday', 'grt_1']],
    ['no instant', ['grants', 9e15, 'grt_1']],
  ])('refuses a cursor of %s', async (_, parts) => {
    const cursor = Buffer.from(JSON.stringify(parts)).toString('base64url');
    await expect(store().grants.list({}, { cursor, limit: 1 }, T0)).rejects.toThrow(InvalidCursor);
  });

  it('filters by each field, and by several at once', async () => {
    const memberId = freshId('mem');
    const manual = await insert({ memberId, doorMappingId: 'dm_a', createdAt: T0 + 1 });
    const booked = await insert({
      memberId,
      doorMappingId: 'dm_b',
      source: 'booking',
      sourceId: 'bk_1',
      provisioning: 'in_place',
    });
    const matches: [GrantFilter, Grant[]][] = [
      [{ doorMappingId: 'dm_a' }, [manual]],
      [{ source: 'booking' }, [booked]],
      [{ sourceId: 'bk_1' }, [booked]],
      [{ provisioning: 'pending' }, [manual]],
      [{ source: 'booking', provisioning: 'pending' }, []],
      [{}, [manual, booked]],
    ];
    for (const [filter, expected] of matches) {
      expect(await listIds({ memberId, ...filter })).toEqual(expected.map(({ id }) => id));
    }
    expect(await listIds({ memberId: 'mem_none' })).toEqual([]);
  });

  it('finds windows that share an instant with from and to', async () => {
    const memberId = freshId('mem');
    const hour = await insert({ memberId, startsAt: T0, endsAt: T0 + HOUR, createdAt: T0 + 1 });
    const open = await insert({ memberId, startsAt: T0 + HOUR, endsAt: null });
    const both = [hour.id, open.id];
    const matches: [GrantFilter, string[]][] = [
      [{ from: T0, to: T0 + 1 }, [hour.id]],
      [{ to: T0 }, []],
      [{ from: T0 + HOUR }, [open.id]],
      [{ from: T0 + HOUR - 1, to: T0 + HOUR + 1 }, both],
      [{ from: T0 + HOUR - 1, to: T0 + HOUR }, [hour.id]],
      [{ from: T0 + 900 * HOUR }, [open.id]],
    ];
    for (const [filter, expected] of matches) {
      expect(await listIds({ memberId, ...filter })).toEqual(expected);
    }
  });
});

describe('grants: status', () => {
  const windows = [
    { startsAt: T0 - HOUR, endsAt: T0 },
    { startsAt: T0 - HOUR, endsAt: T0 + 1 },
    { startsAt: T0, endsAt: T0 + HOUR },
    { startsAt: T0 + 1, endsAt: T0 + HOUR },
    { startsAt: T0 - HOUR, endsAt: null },
    { startsAt: T0 + HOUR, endsAt: null },
  ];
  const stops: GrantStop[][] = [[], ['admin'], ['source', 'terminated']];
  const doorMappingId = freshId('dm');
  const all = windows.flatMap((window) =>
    stops.map((set) => aGrant({ ...window, stops: set, doorMappingId })),
  );
  beforeAll(async () => {
    for (const grant of all) await store().grants.insertAccepted(grant);
  });

  it.each(GRANT_STATUSES)('filters %s as the domain derives it', async (status) => {
    const expected = all.filter((grant) => statusAt(grant, T0) === status).map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(0);
    expect((await listIds({ doorMappingId, status })).sort()).toEqual(expected.sort());
  });

  it('counts every grant once, by status and provisioning', async () => {
    const counted = await store().grants.countByState(T0);
    const everything = await allPages(
      (cursor) => store().grants.list({}, { cursor, limit: 100 }, T0),
      100,
    );
    const expected = new Map<string, number>();
    for (const grant of everything) {
      const key = `${statusAt(grant, T0)} ${grant.provisioning}`;
      expected.set(key, (expected.get(key) ?? 0) + 1);
    }
    expect(new Map(counted.map((one) => [`${one.status} ${one.provisioning}`, one.count]))).toEqual(
      expected,
    );
  });
});

describe('grants: live', () => {
  it('pages through those that are not over or not yet removed', async () => {
    const prefix = freshId('grt');
    const past = T0 + 5_000 * HOUR;
    const make = (name: string, fields: Partial<Grant>) =>
      insert({ id: `${prefix}_${name}`, endsAt: past - 1, ...fields });
    await make('a_over', { provisioning: 'removed' });
    await make('b_open', { endsAt: null, provisioning: 'removed' });
    await make('c_removing', { provisioning: 'removing' });
    await make('d_running', { endsAt: past + 1, provisioning: 'removed' });
    await make('e_over', { endsAt: past, provisioning: 'removed' });
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const page: Grant[] = await store().grants.live(past, after, 2);
      if (page.length === 0) break;
      expect(page.length).toBeLessThanOrEqual(2);
      seen.push(...page.map(({ id }) => id));
      after = seen.at(-1) ?? null;
    }
    expect(seen).toEqual([...seen].sort());
    expect(seen.filter((id) => id.startsWith(prefix))).toEqual(
      ['b_open', 'c_removing', 'd_running'].map((name) => `${prefix}_${name}`),
    );
  });
});

describe('grants: touched between', () => {
  it('pages through what was due and not in place before, in order of start', async () => {
    const door = { doorMappingId: freshId('dm') };
    const [from, until] = [T0, T0 + HOUR];
    const open = { ...door, startsAt: T0 - HOUR, endsAt: T0 + 2 * HOUR, changedAt: T0 - HOUR };
    const wanted = [
      await insert({ ...open, startsAt: T0 - HOUR, inPlaceAt: null }),
      await insert({ ...open, startsAt: T0 - HOUR / 2, endsAt: null, inPlaceAt: T0 + 1 }),
      await insert({ ...open, startsAt: T0, inPlaceAt: T0 - 1, changedAt: T0 }),
      await insert({ ...open, startsAt: T0 + 1, stops: ['admin'], removedAt: null }),
      await insert({ ...open, startsAt: T0 + 2, stops: ['admin'], removedAt: T0 + 1 }),
      await insert({ ...open, startsAt: until - 1, inPlaceAt: until + HOUR }),
    ];
    await insert({ ...open, inPlaceAt: T0 });
    await insert({ ...open, startsAt: until });
    await insert({ ...open, endsAt: T0 });
    await insert({ ...open, stops: ['admin'], removedAt: T0 });
    await insert({ ...open, doorMappingId: freshId('dm') });
    const found = await allPages(
      (cursor) =>
        store().grants.touchedBetween([door.doorMappingId], { from, until }, { cursor, limit: 2 }),
      2,
    );
    expect(found.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id));
  });
});
