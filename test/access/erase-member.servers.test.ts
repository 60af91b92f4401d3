import { accessLeft } from '../../src/access/erase-member';
import { acceptedGrant } from '../../src/domain/grant-life';
import { accessUnderTest, BY, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;
beforeEach(async () => {
  access = await accessUnderTest();
});
afterEach(() => access.close());

it('is not over while a grant runs that was given as it began, and revokes that', async () => {
  const { store, deps, messages, runs, now } = access;
  const member = await access.member();
  const late = {
    ...acceptedGrant(
      {
        id: 'grt_late',
        memberId: member.id,
        doorMappingId: 'dm_1',
        source: 'manual',
        sourceId: null,
        startsAt: now(),
        endsAt: null,
        reason: null,
      },
      now(),
      BY,
    ),
    // What the pass of an erased member tells.
    provisioning: 'removed' as const,
    settled: true,
  };
  await store.members.erase(member.id, 'job_1');
  await store.grants.insertAccepted(late);
  runs.running.add(late.id);
  const input = { memberId: member.id, jobId: 'job_1' };
  expect(await accessLeft(deps, input)).toEqual({ left: 1 });
  expect(messages.revoked).toEqual([late.id]);

  await store.grants.replaceGrant({ ...late, stops: ['admin'], recordNumber: 1 });
  expect(await accessLeft(deps, input)).toEqual({ left: 0 });
  expect(messages.revoked).toEqual([late.id]);
});
