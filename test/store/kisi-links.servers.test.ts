import { DuplicateKey } from '../../src/store';
import { freshId, freshNumber, useStore } from './fixtures';

const { store } = useStore();

describe('memberLinks', () => {
  const organizationId = freshNumber();

  it('links once, and a second link keeps the first', async () => {
    const memberId = freshId('mem');
    const kisiUserId = freshNumber();
    const link = {
      organizationId,
      memberId,
      kisiUserId,
      email: null,
      madeAs: null,
      formerUserIds: [],
      userDisabled: false,
    };
    expect(await store().memberLinks.get(organizationId, memberId)).toBeNull();
    expect(await store().memberLinks.link(organizationId, memberId, kisiUserId)).toEqual(link);
    expect(await store().memberLinks.link(organizationId, memberId, freshNumber())).toEqual(link);
    expect(await store().memberLinks.get(organizationId, memberId)).toEqual(link);
    expect(await store().memberLinks.byUser(organizationId, kisiUserId)).toEqual(link);
    expect(await store().memberLinks.allOf(organizationId)).toContainEqual(link);
  });

  it('gives a Kisi user to one member of an organization only', async () => {
    const kisiUserId = freshNumber();
    await store().memberLinks.link(organizationId, freshId('mem'), kisiUserId);
    const taken = store().memberLinks.link(organizationId, freshId('mem'), kisiUserId);
    await expect(taken).rejects.toThrow(DuplicateKey);
    await expect(taken).rejects.toMatchObject({ field: 'kisiUserId' });
    const elsewhere = store().memberLinks.link(freshNumber(), freshId('mem'), kisiUserId);
    await expect(elsewhere).resolves.toMatchObject({ kisiUserId });
  });

  it('gives a Kisi user to exactly one of several who ask at once', async () => {
    const kisiUserId = freshNumber();
    const results = await Promise.allSettled(
      Array.from({ length: 6 }, () =>
        store().memberLinks.link(organizationId, freshId('mem'), kisiUserId),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('answers the same link to all who link one member at once', async () => {
    const memberId = freshId('mem');
    const links = await Promise.all(
      Array.from({ length: 6 }, () =>
        store().memberLinks.link(organizationId, memberId, freshNumber()),
      ),
    );
    expect(new Set(links.map((link) => link.kisiUserId)).size).toBe(1);
  });

  it('remembers former users until they are dropped', async () => {
    const memberId = freshId('mem');
    const [first, second] = [freshNumber(), freshNumber()];
    const relink = (kisiUserId: number) =>
      store().memberLinks.relink(organizationId, memberId, kisiUserId);
    expect(await relink(first)).toMatchObject({ kisiUserId: first, formerUserIds: [] });
    expect(await relink(second)).toMatchObject({ kisiUserId: second, formerUserIds: [first] });
    expect(await relink(second)).toMatchObject({ kisiUserId: second, formerUserIds: [first] });
    expect(await store().memberLinks.byUser(organizationId, first)).toMatchObject({ memberId });
    expect(await relink(first)).toMatchObject({ kisiUserId: first, formerUserIds: [second] });
    await store().memberLinks.dropFormer(organizationId, memberId, second);
    expect(await store().memberLinks.get(organizationId, memberId)).toMatchObject({
      kisiUserId: first,
      formerUserIds: [],
    });
    expect(await store().memberLinks.byUser(organizationId, second)).toBeNull();
  });

  it('keeps the address by which the user was found, and gives up only the link that is meant', async () => {
    const memberId = freshId('mem');
    const [first, second] = [freshNumber(), freshNumber()];
    const links = store().memberLinks;
    const before = await links.link(organizationId, memberId, first, 'Ada@Example.com');
    expect(before.email).toBe('ada@example.com');
    const sameUser = await links.relink(organizationId, memberId, first, 'new@example.com');
    expect(sameUser).toMatchObject({ email: 'new@example.com', formerUserIds: [] });
    const moved = await links.relink(organizationId, memberId, second, 'new@example.com');
    expect(await links.byMember(memberId)).toEqual([moved]);
    expect(await links.unlink(before)).toBe(false);
    expect(await links.unlink(moved)).toBe(true);
    expect(await links.get(organizationId, memberId)).toBeNull();
  });

  it('prefers the member who is the user now over one who was', async () => {
    const [former, present] = [freshId('mem'), freshId('mem')];
    const kisiUserId = freshNumber();
    await store().memberLinks.link(organizationId, former, kisiUserId);
    await store().memberLinks.relink(organizationId, former, freshNumber());
    await store().memberLinks.link(organizationId, present, kisiUserId);
    const found = await store().memberLinks.byUser(organizationId, kisiUserId);
    expect(found?.memberId).toBe(present);
  });

  it('does not move to a user whom another member has', async () => {
    const kisiUserId = freshNumber();
    const [owner, mover] = [freshId('mem'), freshId('mem')];
    await store().memberLinks.link(organizationId, owner, kisiUserId);
    const before = await store().memberLinks.link(organizationId, mover, freshNumber());
    await expect(
      store().memberLinks.relink(organizationId, mover, kisiUserId),
    ).rejects.toMatchObject({ field: 'kisiUserId' });
    expect(await store().memberLinks.get(organizationId, mover)).toEqual(before);
  });

  it('loses no former user when relinked at once', async () => {
    const memberId = freshId('mem');
    const users = [freshNumber(), freshNumber(), freshNumber(), freshNumber()];
    await Promise.all(
      users.map((user) => store().memberLinks.relink(organizationId, memberId, user)),
    );
    const link = await store().memberLinks.get(organizationId, memberId);
    expect([link?.kisiUserId, ...(link?.formerUserIds ?? [])].sort()).toEqual(users.sort());
  });
});

describe('lockGroups', () => {
  it('puts, replaces, finds and removes', async () => {
    const organizationId = freshNumber();
    const [lockId, groupId] = [freshNumber(), freshNumber()];
    await store().lockGroups.put({ organizationId, lockId, groupId: 1 });
    await Promise.all(
      [1, 2, 3].map(() => store().lockGroups.put({ organizationId, lockId, groupId })),
    );
    const expected = { organizationId, lockId, groupId };
    expect(await store().lockGroups.get(organizationId, lockId)).toEqual(expected);
    expect(await store().lockGroups.byGroup(organizationId, groupId)).toEqual(expected);
    expect(await store().lockGroups.byGroup(organizationId, 1)).toBeNull();
    expect(await store().lockGroups.get(freshNumber(), lockId)).toBeNull();
    await store().lockGroups.put({ organizationId, lockId: 3, groupId: 4 });
    expect(await store().lockGroups.allOf(organizationId)).toEqual([
      { organizationId, lockId: 3, groupId: 4 },
      expected,
    ]);
    await store().lockGroups.remove(organizationId, lockId, 1);
    expect(await store().lockGroups.get(organizationId, lockId)).toEqual(expected);
    await store().lockGroups.remove(organizationId, lockId, groupId);
    expect(await store().lockGroups.get(organizationId, lockId)).toBeNull();
  });
});
