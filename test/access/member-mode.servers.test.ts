import { accessUnderTest, HOUR, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;
beforeAll(async () => {
  access = await accessUnderTest();
});
afterAll(() => access.close());

async function letIn(): Promise<{ memberId: string; email: string }> {
  const member = await access.member({ linked: false });
  const pass = access.groupPass(member);
  await access.wish(pass, { from: access.now(), until: access.now() + HOUR });
  await access.settle(pass);
  expect(access.couldOpen(member, access.group.lockId)).toBe(true);
  return { memberId: member.id, email: member.email };
}

const userOf = (email: string) => access.simulator.state().users.find((one) => one.email === email);
const mailsTo = (email: string) => access.simulator.state().mails.filter(({ to }) => to === email);
const linkOf = (memberId: string) =>
  access.store.memberLinks.get(access.integration.organizationId, memberId);

test('a managed member gets no mail from Kisi', async () => {
  const { memberId, email } = await letIn();
  expect(userOf(email)).toMatchObject({ confirmed: true, metadata: { made_as: 'managed' } });
  expect(mailsTo(email)).toEqual([]);
  expect(await linkOf(memberId)).toMatchObject({ madeAs: 'managed' });
});

test('an invited member is mailed by Kisi, and those of before stay as they are', async () => {
  const before = await letIn();
  await access.store.integrations.update(access.integration.id, { memberMode: 'invited' });
  const { memberId, email } = await letIn();
  expect(userOf(email)).toMatchObject({ confirmed: false, metadata: { made_as: 'invited' } });
  expect(mailsTo(email)).toHaveLength(1);
  expect(await linkOf(memberId)).toMatchObject({ madeAs: 'invited' });
  expect(mailsTo(before.email)).toEqual([]);

  const { organizationId } = access.integration;
  const managed = await access.store.memberLinks.madeAs(organizationId, 'managed', 1);
  expect(managed.count).toBe(2);
  expect(managed.memberIds).toHaveLength(1);
  const invited = await access.store.memberLinks.madeAs(organizationId, 'invited', 100);
  expect(invited).toEqual({ count: 1, memberIds: [memberId] });
});

test('a user whose making was not answered is remembered as it was made', async () => {
  access.simulator.addFault({ kind: 'dropAfter', method: 'POST', path: '/users', count: 1 });
  const { memberId, email } = await letIn();
  expect(mailsTo(email)).toHaveLength(1);
  expect(await linkOf(memberId)).toMatchObject({ madeAs: 'invited' });
});

test('a user who was at Kisi before was made by nobody of us', async () => {
  const member = await access.member({ linked: false });
  const { organizationId } = access.integration;
  access.simulator.drift({ kind: 'addUser', organizationId, email: member.email });
  const pass = access.groupPass(member);
  await access.wish(pass, { from: access.now(), until: access.now() + HOUR });
  await access.settle(pass);
  expect(await linkOf(member.id)).toMatchObject({ madeAs: null });
  expect(mailsTo(member.email)).toEqual([]);
});
