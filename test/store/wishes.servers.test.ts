import { passKey, type PassRef } from '../../src/domain/door';
import type { NewWish, StoredWish } from '../../src/store';
import { aPass, DAY, freshId, HOUR, T0, useStore } from './fixtures';

const { store, clock } = useStore();

function aWish(fields: Partial<NewWish> = {}): NewWish {
  return {
    grantId: freshId('grt'),
    revision: 1,
    from: T0,
    until: T0 + HOUR,
    wanted: true,
    ...fields,
  };
}

async function only(pass: PassRef): Promise<StoredWish | undefined> {
  const wishes = await store().wishes.byPass(passKey(pass));
  expect(wishes).toHaveLength(1);
  return wishes[0];
}

async function allLive(now: number): Promise<StoredWish[]> {
  const found: StoredWish[] = [];
  for (;;) {
    const page = await store().wishes.allLive(now, found.at(-1) ?? null, 2);
    expect(page.length).toBeLessThanOrEqual(2);
    if (page.length === 0) return found;
    found.push(...page);
  }
}

describe('wishes.write', () => {
  it('stores a wish under its pass', async () => {
    const pass = aPass();
    const wish = aWish({ until: null });
    expect(await store().wishes.write(pass, wish)).toBe(true);
    expect(await only(pass)).toEqual({ ...wish, passKey: passKey(pass), pass, told: null });
  });

  it('lets an older revision never overwrite a newer', async () => {
    const pass = aPass();
    const wish = aWish({ revision: 5, wanted: false });
    await store().wishes.write(pass, wish);
    expect(await store().wishes.write(pass, { ...wish, revision: 4, wanted: true })).toBe(false);
    expect(await only(pass)).toMatchObject({ revision: 5, wanted: false });
  });

  it('writes the same revision again, with other content too', async () => {
    const pass = aPass();
    const wish = aWish({ revision: 5 });
    expect(await store().wishes.write(pass, wish)).toBe(true);
    expect(await store().wishes.write(pass, wish)).toBe(true);
    for (const change of [{ wanted: false }, { from: T0 + 1_000 }, { until: null }]) {
      expect(await store().wishes.write(pass, { ...wish, ...change })).toBe(true);
      expect(await only(pass)).toMatchObject({ ...wish, ...change });
    }
  });

  it('ends with the newest whatever the order of arrival', async () => {
    const pass = aPass();
    const wish = aWish();
    await Promise.all(
      [3, 9, 1, 7, 5, 8, 2, 6, 4].map((revision) =>
        store().wishes.write(pass, { ...wish, revision, from: T0 + revision }),
      ),
    );
    expect(await only(pass)).toMatchObject({ revision: 9, from: T0 + 9 });
  });

  it('keeps what the pass has told', async () => {
    const pass = aPass();
    const wish = aWish();
    await store().wishes.write(pass, wish);
    const told = { revision: 1, state: 'in_place', problemType: null } as const;
    expect(await store().wishes.markTold(passKey(pass), wish.grantId, told)).toBe(true);
    await store().wishes.write(pass, { ...wish, revision: 2 });
    expect((await only(pass))?.told).toEqual(told);
  });
});

describe('wishes.byPass', () => {
  it('reads all holders of a pass and no other, tombstones included', async () => {
    const pass = aPass({ target: { kind: 'lock', id: 5 } });
    const near: PassRef[] = [
      { ...pass, target: { kind: 'lock', id: 55 } },
      { ...pass, target: { kind: 'group', id: 5 } },
      // A member id from outside that makes the stored id begin like the pass's.
      { ...pass, memberId: `${passKey(pass)}|x` },
      { ...pass, memberId: `${pass.memberId}}` },
    ];
    for (const other of near) await store().wishes.write(other, aWish());
    const wishes = [
      aWish({ grantId: 'grt_a' }),
      aWish({ grantId: 'grt_b', wanted: false }),
      aWish({ grantId: 'Zürich|~}' }),
    ];
    for (const wish of wishes) await store().wishes.write(pass, wish);
    const read = await store().wishes.byPass(passKey(pass));
    expect(read.map(({ grantId }) => grantId)).toEqual(['Zürich|~}', 'grt_a', 'grt_b']);
    expect(await store().wishes.byPass('nobody:lock:1')).toEqual([]);
  });
});

describe('wishes.markTold', () => {
  it('speaks only of the revision that is stored', async () => {
    const pass = aPass();
    const wish = aWish({ revision: 2 });
    await store().wishes.write(pass, wish);
    const tell = (revision: number, grantId = wish.grantId) =>
      store().wishes.markTold(passKey(pass), grantId, {
        revision,
        state: 'attention',
        problemType: 'kisi_refused',
      });
    expect(await tell(1)).toBe(false);
    expect(await tell(3)).toBe(false);
    expect(await tell(2, 'grt_none')).toBe(false);
    expect((await only(pass))?.told).toBeNull();
    expect(await tell(2)).toBe(true);
    expect((await only(pass))?.told).toEqual({
      revision: 2,
      state: 'attention',
      problemType: 'kisi_refused',
    });
  });
});

describe('wishes.allLive', () => {
  it('pages through what is wanted or not yet confirmed as removed', async () => {
    const pass = aPass();
    const write = async (
      grantId: string,
      fields: Partial<NewWish>,
      told?: 'in_place' | 'removed',
    ) => {
      const wish = aWish({ grantId, ...fields });
      await store().wishes.write(pass, wish);
      if (told) {
        const report = { revision: wish.revision, state: told, problemType: null };
        await store().wishes.markTold(passKey(pass), grantId, report);
      }
    };
    const now = T0 + 100 * HOUR;
    await write('a_running', { until: now + 1 }, 'in_place');
    await write('b_over', { until: now }, 'removed');
    await write('c_over_not_confirmed', { until: now - 1 }, 'in_place');
    await write('d_tombstone', { wanted: false, until: null }, 'removed');
    await write('e_tombstone_not_confirmed', { wanted: false });
    await write('f_open_end', { until: null }, 'removed');
    const ids = (await allLive(now))
      .filter((wish) => wish.passKey === passKey(pass))
      .map(({ grantId }) => grantId);
    expect(ids).toEqual([
      'a_running',
      'c_over_not_confirmed',
      'e_tombstone_not_confirmed',
      'f_open_end',
    ]);
  });

  it('opens a confirmed tombstone again for new content, and not for a retry', async () => {
    const pass = aPass();
    const wish = aWish({ wanted: false, until: T0 });
    const isLive = async () =>
      (await allLive(T0 + DAY)).some(({ grantId }) => grantId === wish.grantId);
    await store().wishes.write(pass, wish);
    expect(await isLive()).toBe(true);
    const told = { revision: 1, state: 'removed', problemType: null } as const;
    await store().wishes.markTold(passKey(pass), wish.grantId, told);
    await store().wishes.write(pass, wish);
    expect(await isLive()).toBe(false);
    await store().wishes.write(pass, { ...wish, revision: 2 });
    expect(await isLive()).toBe(true);
  });
});

describe('wishes.removeOlderThan', () => {
  it('removes only what was confirmed and ended long ago', async () => {
    const pass = aPass();
    const limit = T0 + HOUR;
    // What other tests have left behind is not counted.
    await store().wishes.removeOlderThan(limit);
    const write = async (grantId: string, fields: Partial<NewWish>, confirmed = true) => {
      const wish = aWish({ grantId, wanted: false, ...fields });
      await store().wishes.write(pass, wish);
      const told = { revision: wish.revision, state: 'removed', problemType: null } as const;
      if (confirmed) await store().wishes.markTold(passKey(pass), grantId, told);
    };
    await write('a_old', { until: limit - 1 });
    await write('b_old_not_confirmed', { until: limit - 1 }, false);
    await write('c_young', { until: limit });
    await write('d_open_end_old', { until: null });
    clock.pass(DAY);
    await write('e_open_end_young', { until: null });
    expect(await store().wishes.removeOlderThan(limit)).toBe(2);
    const left = await store().wishes.byPass(passKey(pass));
    expect(left.map(({ grantId }) => grantId)).toEqual([
      'b_old_not_confirmed',
      'c_young',
      'e_open_end_young',
    ]);
  });
});

describe('wishes.ofGrants', () => {
  it('finds every wish of these grants, at whichever pass', async () => {
    const grantId = freshId('grt');
    const passes = [aPass(), aPass()];
    for (const pass of passes) await store().wishes.write(pass, aWish({ grantId }));
    await store().wishes.write(aPass(), aWish());
    const found = await store().wishes.ofGrants([grantId, freshId('grt')]);
    expect(found.map((wish) => wish.passKey).sort()).toEqual(passes.map(passKey).sort());
  });
});
