import { accessUnderTest, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;
beforeEach(async () => {
  access = await accessUnderTest();
});
afterEach(() => access.close());

it('writes down that an access ended at Kisi with its window, once', async () => {
  const until = access.now() + HOUR;
  const pass = access.groupPass(await access.member());
  await access.wish(pass, { from: access.now(), until });
  await access.settle(pass);
  expect(await access.store.settlements.since(0, 10)).toEqual([]);

  access.clock.advance(HOUR + 2 * MINUTE);
  await access.settle(pass);
  expect(await access.rows(pass)).toEqual([]);
  expect(await access.store.settlements.since(0, 10)).toEqual([
    expect.objectContaining({ kind: 'end', at: until, ms: 0, doorMappingId: null }),
  ]);
});

it('calls no end what goes on in another row', async () => {
  const from = access.now();
  const pass = access.groupPass(await access.member());
  const grantId = await access.wish(pass, { from, until: from + HOUR });
  await access.settle(pass);
  await access.wish(pass, { from, until: from + 3 * HOUR, grantId });
  await access.settle(pass);
  access.clock.advance(HOUR + 2 * MINUTE);
  await access.settle(pass);
  expect(await access.store.settlements.since(0, 10)).toEqual([]);
});
