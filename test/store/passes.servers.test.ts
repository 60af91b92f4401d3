import { passKey, type PassRef } from '../../src/domain/door';
import type { Intent, PassRecord } from '../../src/store';
import { aPass, freshId, freshNumber, HOUR, T0, useStore } from './fixtures';

const { store, clock } = useStore();

const down = { type: 'kisi_unavailable', detail: 'down' } as const;

function aRecord(fields: Partial<PassRecord> = {}): PassRecord {
  return {
    pass: aPass(),
    turn: 1,
    blocked: null,
    removalDue: false,
    nextStartAt: null,
    holdJobId: null,
    told: true,
    ...fields,
  };
}

describe('passes', () => {
  it('saves, gives back and removes', async () => {
    const record = aRecord({
      blocked: down,
      removalDue: true,
      nextStartAt: T0 + 1,
      holdJobId: 'job_1',
      told: false,
    });
    const key = passKey(record.pass);
    expect(await store().passes.save(record)).toBe(true);
    expect(await store().passes.get(key)).toEqual({
      ...record,
      passKey: key,
      pokedAt: null,
      changedAt: null,
      updatedAt: clock.now(),
    });
    await store().passes.remove(key);
    expect(await store().passes.get(key)).toBeNull();
  });

  it('keeps over its looks when Kisi last told of a change', async () => {
    const record = aRecord();
    const changedAt = async () => (await store().passes.get(passKey(record.pass)))?.changedAt;
    await store().passes.markChanged(passKey(record.pass), T0);
    expect(await changedAt()).toBeUndefined();
    await store().passes.save(record);
    await store().passes.markChanged(passKey(record.pass), T0 + 1);
    await store().passes.save({ ...record, turn: 2 });
    expect(await changedAt()).toBe(T0 + 1);
  });

  it('lets an earlier turn never overwrite a later, and a retry pass', async () => {
    const record = aRecord({ turn: 5 });
    await store().passes.save(record);
    expect(await store().passes.save({ ...record, turn: 4, removalDue: true })).toBe(false);
    expect((await store().passes.get(passKey(record.pass)))?.removalDue).toBe(false);
    expect(await store().passes.save({ ...record, blocked: down })).toBe(true);
    await Promise.all(
      [9, 7, 8, 6].map((turn) => store().passes.save({ ...record, turn, nextStartAt: T0 + turn })),
    );
    expect(await store().passes.get(passKey(record.pass))).toMatchObject({
      turn: 9,
      nextStartAt: T0 + 9,
    });
  });

  describe('blocked', () => {
    const organizationId = freshNumber();
    const now = T0;
    const save = async (
      memberId: string,
      fields: Partial<PassRecord>,
      organization = organizationId,
    ) => {
      const pass = aPass({ memberId, organizationId: organization });
      await store().passes.save(aRecord({ pass, blocked: down, ...fields }));
      return passKey(pass);
    };
    const keys: string[] = [];
    beforeAll(async () => {
      const rest2 = await save('rest2', { nextStartAt: now + HOUR + 1 });
      const due2 = await save('due2', { nextStartAt: now });
      const soon2 = await save('soon2', { nextStartAt: now + HOUR });
      const rest1 = await save('rest1', {});
      const due1 = await save('due1', { nextStartAt: now - HOUR });
      const soon1 = await save('soon1', { nextStartAt: now + 1 });
      const removal = await save('removal', { removalDue: true, nextStartAt: now + 5 * HOUR });
      await save('fine', { blocked: null, removalDue: true });
      await save('elsewhere', { removalDue: true }, freshNumber());
      keys.push(removal, due1, due2, soon1, soon2, rest1, rest2);
    });
    const blocked = async (limit: number, notPokedSince?: number) => {
      const options = { now, limit, ...(notPokedSince !== undefined && { notPokedSince }) };
      const found = await store().passes.blocked(organizationId, options);
      return found.map((pass) => pass.passKey);
    };

    it('puts removals first, then due starts, starts within the hour, the rest', async () => {
      expect(await blocked(20)).toEqual(keys);
    });

    it('gives no more than asked for', async () => {
      expect(await blocked(4)).toEqual(keys.slice(0, 4));
      expect(await blocked(1)).toEqual(keys.slice(0, 1));
    });

    it('goes on behind those that were poked, and asks them again later', async () => {
      for (const passKey of keys.slice(0, 3)) {
        await store().passes.markPoked({ passKey, turn: 1 }, now + 10);
      }
      expect(await blocked(2, now + 10)).toEqual(keys.slice(3, 5));
      expect(await blocked(20, now + 11)).toEqual(keys);
    });

    it('asks one again at once that has looked by the poke and is blocked anew', async () => {
      const record = aRecord({ pass: aPass({ organizationId }), blocked: down });
      const read = { passKey: passKey(record.pass), turn: record.turn };
      const isAsked = async () => {
        const options = { now, limit: 20, lookedSince: now + 10 };
        const found = await store().passes.blocked(organizationId, options);
        return found.some((pass) => pass.passKey === read.passKey);
      };
      await store().passes.save(record);
      await store().passes.markPoked(read, now + 10);
      expect(await isAsked()).toBe(false);
      await store().passes.save({ ...record, turn: 2 });
      expect(await isAsked()).toBe(true);
      // It was faster than the mark of the poke that made it look.
      await store().passes.markPoked(read, now + 10);
      expect(await isAsked()).toBe(true);
      // All the same it comes after those that were not poked.
      expect(await blocked(20, now + 10)).not.toContain(read.passKey);
      await store().passes.remove(read.passKey);
    });
  });
});

describe('grantPasses', () => {
  it('remembers each pass once, in order', async () => {
    const grantId = freshId('grt');
    const [one, two] = [aPass(), aPass({ target: { kind: 'group', id: 3 } })];
    for (const pass of [one, two, one, two]) await store().grantPasses.add(grantId, pass);
    expect(await store().grantPasses.get(grantId)).toEqual([one, two]);
    expect(await store().grantPasses.get('grt_none')).toEqual([]);
  });

  it('loses none of several that come first at once', async () => {
    const grantId = freshId('grt');
    const passes: PassRef[] = Array.from({ length: 6 }, () => aPass());
    await Promise.all([...passes, ...passes].map((pass) => store().grantPasses.add(grantId, pass)));
    const stored = (await store().grantPasses.get(grantId)).map(passKey);
    expect(stored.sort()).toEqual(passes.map(passKey).sort());
  });
});

describe('kisiRows', () => {
  const aRow = (pass: PassRef, roleAssignmentId = freshNumber()) => ({
    roleAssignmentId,
    organizationId: pass.organizationId,
    passKey: passKey(pass),
    kisiUserId: 1,
    groupId: 2,
    from: null,
    until: T0 + HOUR,
  });

  it('puts, overwrites and removes', async () => {
    const row = aRow(aPass());
    await store().kisiRows.put(row);
    const createdAt = clock.now();
    clock.pass(1_000);
    await store().kisiRows.put({ ...row, from: T0, until: null });
    expect(await store().kisiRows.byPass(row.passKey)).toEqual([
      { ...row, from: T0, until: null, createdAt },
    ]);
    await store().kisiRows.remove(row.passKey, row.roleAssignmentId);
    await store().kisiRows.remove(row.passKey, row.roleAssignmentId);
    expect(await store().kisiRows.byPass(row.passKey)).toEqual([]);
  });

  it('knows one that is gone by its id alone, until it is stored again', async () => {
    const row = aRow(aPass({ organizationId: freshNumber() }));
    const { kisiRows } = store();
    await kisiRows.put(row);
    const createdAt = clock.now();
    await kisiRows.markGone(row.passKey, row.roleAssignmentId);
    expect(await kisiRows.byPass(row.passKey)).toEqual([]);
    expect(await kisiRows.allOf(row.organizationId)).toEqual([]);
    const known = await kisiRows.byId(row.organizationId, row.roleAssignmentId);
    expect(known).toEqual({ ...row, createdAt });
    await kisiRows.put(row);
    expect(await kisiRows.byPass(row.passKey)).toEqual([{ ...row, createdAt }]);
  });

  it('reads those of one pass, and all of one organization', async () => {
    const pass = aPass({ organizationId: freshNumber() });
    const sibling = { ...pass, target: { ...pass.target, id: pass.target.id * 10 } };
    const stranger = aPass({ organizationId: freshNumber() });
    const rows = [aRow(pass, 101), aRow(pass, 99), aRow(sibling, 100)];
    for (const row of [...rows, aRow(stranger, 98)]) await store().kisiRows.put(row);
    const ids = (found: { roleAssignmentId: number }[]) => found.map((row) => row.roleAssignmentId);
    expect(ids(await store().kisiRows.byPass(passKey(pass)))).toEqual([99, 101]);
    expect(ids(await store().kisiRows.allOf(pass.organizationId))).toEqual([99, 100, 101]);
  });
});

describe('intents', () => {
  const anIntent = (pass: PassRef, fields: Partial<Intent> = {}): Intent => ({
    id: freshId('intent'),
    passKey: passKey(pass),
    organizationId: pass.organizationId,
    kisiUserId: 1,
    groupId: 2,
    from: T0,
    until: null,
    existingRowIds: [4, 5],
    at: T0,
    ...fields,
  });

  it('keeps the first of the same id, oldest first, until removed', async () => {
    const pass = aPass();
    const late = anIntent(pass, { at: T0 + 2 });
    const early = anIntent(pass, { existingRowIds: [] });
    await store().intents.put(late);
    await store().intents.put(early);
    await store().intents.put({ ...early, at: T0 + 9, existingRowIds: [6] });
    await store().intents.put(anIntent(aPass()));
    expect(await store().intents.byPass(passKey(pass))).toEqual([early, late]);
    await store().intents.remove(passKey(pass), [early.id, 'none']);
    expect(await store().intents.byPass(passKey(pass))).toEqual([late]);
  });

  it('lists those of one organization', async () => {
    const pass = aPass({ organizationId: freshNumber() });
    const intent = anIntent(pass);
    await store().intents.put(intent);
    expect(await store().intents.allOf(pass.organizationId)).toEqual([intent]);
  });
});
