import { DuplicateKey, InvalidCursor } from '../../src/store';
import { admin, allPages, freshId, HOUR, useStore } from './fixtures';

const { store, clock } = useStore();

describe('locations', () => {
  it('inserts, then updates and keeps when it was made', async () => {
    const id = freshId('loc');
    const made = await store().locations.upsert({ id, name: 'Mitte', timeZone: 'Europe/Berlin' });
    expect(made).toMatchObject({ id, name: 'Mitte', createdAt: clock.now() });
    clock.pass(1_000);
    const changed = await store().locations.upsert({ id, name: 'Nord', timeZone: 'Europe/Paris' });
    expect(changed).toEqual({
      ...made,
      name: 'Nord',
      timeZone: 'Europe/Paris',
      updatedAt: made.updatedAt + 1_000,
    });
    expect(await store().locations.get(id)).toEqual(changed);
  });

  it('takes two first upserts at once', async () => {
    const id = freshId('loc');
    const upserts = Array.from({ length: 8 }, (_, index) =>
      store().locations.upsert({ id, name: `Name ${String(index)}`, timeZone: 'UTC' }),
    );
    await expect(Promise.all(upserts)).resolves.toHaveLength(8);
    expect(await store().locations.getMany([id])).toHaveLength(1);
  });

  it('lists in order of id, page by page', async () => {
    const ids = ['loc-page-3', 'loc-page-1', 'loc-page-2'];
    for (const id of ids) await store().locations.upsert({ id, name: id, timeZone: 'UTC' });
    const all = await allPages((cursor) => store().locations.list({ cursor, limit: 2 }), 2);
    const shown = all.map((location) => location.id);
    expect(shown).toEqual([...new Set(shown)].sort());
    expect(shown).toEqual(expect.arrayContaining(ids));
  });

  it('answers null and nothing for unknown ids', async () => {
    expect(await store().locations.get('nowhere')).toBeNull();
    expect(await store().locations.getMany(['nowhere'])).toEqual([]);
  });

  it.each([
    ['no base64url', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another shape', Buffer.from('{"a":1}').toString('base64url')],
    ['another list', Buffer.from('["spaces","a"]').toString('base64url')],
    ['a value of another type', Buffer.from('["locations",{"$gt":""}]').toString('base64url')],
    ['empty', ''],
  ])('refuses a cursor that is %s', async (_, cursor) => {
    await expect(store().locations.list({ cursor, limit: 2 })).rejects.toThrow(InvalidCursor);
  });
});

describe('spaces', () => {
  it('lists those of one location', async () => {
    const [here, there] = [freshId('loc'), freshId('loc')];
    const room = await store().spaces.upsert({
      id: freshId('room'),
      name: 'Room 1',
      locationId: here,
    });
    await store().spaces.upsert({ id: freshId('room'), name: 'Room 2', locationId: there });
    const listed = await store().spaces.list({ locationId: here }, { limit: 10 });
    expect(listed).toEqual({ data: [room], nextCursor: null });
    expect((await store().spaces.list({}, { limit: 100 })).data.length).toBeGreaterThan(1);
  });

  it('moves to another location', async () => {
    const id = freshId('room');
    await store().spaces.upsert({ id, name: 'Room', locationId: 'a' });
    await store().spaces.upsert({ id, name: 'Room', locationId: 'b' });
    expect((await store().spaces.get(id))?.locationId).toBe('b');
    expect(await store().spaces.getMany([id, 'nowhere'])).toHaveLength(1);
  });
});

describe('members', () => {
  const aMember = (id = freshId('mem')) => ({ id, email: `${id}@Example.com`, name: 'Ada' });

  it('inserts and updates', async () => {
    const member = aMember();
    const made = await store().members.upsert(member);
    expect(made).toEqual({
      ...member,
      hold: null,
      holdJobId: null,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    });
    await store().members.upsert({ ...member, email: 'new@example.com', name: null });
    expect(await store().members.get(member.id)).toMatchObject({
      email: 'new@example.com',
      name: null,
    });
    expect(await store().members.getMany([member.id])).toHaveLength(1);
  });

  it('refuses an address that another member has, in any case, on insert and on change', async () => {
    const first = aMember();
    await store().members.upsert(first);
    const second = aMember();
    const taken = { ...second, email: first.email.toUpperCase() };
    await expect(store().members.upsert(taken)).rejects.toThrow(DuplicateKey);
    await expect(store().members.upsert(taken)).rejects.toMatchObject({ field: 'email' });
    expect(await store().members.get(second.id)).toBeNull();
    await store().members.upsert(second);
    await expect(store().members.upsert(taken)).rejects.toMatchObject({ field: 'email' });
    expect((await store().members.get(second.id))?.email).toBe(second.email);
  });

  it('gives an address to exactly one of several who ask at once', async () => {
    const email = `${freshId('race')}@example.com`;
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () => store().members.upsert({ ...aMember(), email })),
    );
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(5);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(DuplicateKey);
  });

  it('takes the same new member twice at once', async () => {
    const member = aMember();
    const upserts = Array.from({ length: 6 }, () => store().members.upsert(member));
    await expect(Promise.all(upserts)).resolves.toHaveLength(6);
  });

  it('searches by the beginning of id or address, in any case, and takes no patterns', async () => {
    const byId = await store().members.upsert({ id: 'Zed.1', email: 'q1@x.com', name: null });
    const byEmail = await store().members.upsert({ id: 'q2', email: 'zEd.2@x.com', name: null });
    await store().members.upsert({ id: 'zedx', email: 'q3@x.com', name: null });
    await store().members.upsert({ id: 'xzed.', email: 'q4@x.com', name: null });
    const found = await store().members.list({ search: 'zeD.' }, { limit: 10 });
    expect(found.data).toEqual([byId, byEmail]);
    const pages = await allPages(
      (cursor) => store().members.list({ search: 'zed' }, { cursor, limit: 1 }),
      1,
    );
    expect(pages.map((member) => member.id)).toEqual(['Zed.1', 'q2', 'zedx']);
  });

  it('searches by the beginning of a word of the name, until the name goes', async () => {
    const member = await store().members.upsert({ ...aMember(), name: 'Ödön von  Horváth' });
    const found = async (search: string): Promise<string[]> => {
      const { data } = await store().members.list({ search }, { limit: 10 });
      return data.map(({ id }) => id);
    };
    expect(await found('horv')).toEqual([member.id]);
    expect(await found('VON horv')).toEqual([member.id]);
    expect(await found('öd')).toEqual([member.id]);
    expect(await found('orv')).toEqual([]);
    await store().members.upsert({ ...member, name: null });
    expect(await found('horv')).toEqual([]);
    await store().members.upsert(member);
    await store().members.erase(member.id, 'job_1');
    expect(await found('horv')).toEqual([]);
  });

  it('keeps since when a hold is changed, and survives an upsert', async () => {
    const member = aMember();
    await store().members.upsert(member);
    const since = clock.now();
    const held = await store().members.setHold(member.id, { reason: 'unpaid', by: admin });
    expect(held?.hold).toEqual({ reason: 'unpaid', by: admin, since });
    clock.pass(HOUR);
    await store().members.setHold(member.id, { reason: 'left', by: admin });
    await store().members.upsert({ ...member, name: 'Eva' });
    expect((await store().members.get(member.id))?.hold).toEqual({
      reason: 'left',
      by: admin,
      since,
    });
  });

  it('lifts a hold, also one that is not there', async () => {
    const member = aMember();
    await store().members.upsert(member);
    await store().members.setHold(member.id, { reason: 'unpaid', by: admin });
    expect((await store().members.clearHold(member.id))?.hold).toBeNull();
    expect((await store().members.clearHold(member.id))?.hold).toBeNull();
  });

  it('tells a hold by its own age, whatever else is written of the member', async () => {
    const member = aMember();
    await store().members.upsert(member);
    await store().members.setHold(member.id, { reason: 'unpaid', by: admin }, 'job_hold');
    const untold = async () =>
      (await store().members.untoldHolds(clock.now())).filter((one) => one.memberId === member.id);
    expect(await untold()).toEqual([]);
    clock.pass(1);
    await store().members.upsert({ ...member, name: 'Eva' });
    expect(await untold()).toEqual([{ memberId: member.id, jobId: 'job_hold' }]);
    await store().members.markHoldTold(member.id, 'job_before');
    expect(await untold()).toHaveLength(1);
    await store().members.markHoldTold(member.id, 'job_hold');
    expect(await untold()).toEqual([]);
  });

  it('holds nobody who is unknown', async () => {
    const by = admin;
    expect(await store().members.setHold('nobody', { reason: 'r', by })).toBeNull();
    expect(await store().members.clearHold('nobody')).toBeNull();
    expect(await store().members.get('nobody')).toBeNull();
  });
});
