import { statusAt } from '../../src/domain/grant-life';
import { wholeSecond } from '../../src/domain/windows';
import type { Grant } from '../../src/domain/grant';
import { workflowIds } from '../../src/contracts/names';
import { startFastStack, type Stack } from '../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startFastStack();
}, 60_000);
afterAll(() => stack.close());

/** A grant whose whole window is past: its workflow finds nothing to do and closes. */
async function endedGrant(): Promise<Grant> {
  const startsAt = wholeSecond(Date.now()) - 60_000;
  const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
  const { id } = await stack.grant({ member, mapping, startsAt, endsAt: startsAt + 30_000 });
  await stack.client.workflow.getHandle(workflowIds.grant(id)).result();
  return stack.read(id);
}

// What the API's documentation says of grants that have ended.

test('an end in the past ends a running grant at once', async () => {
  const startsAt = wholeSecond(Date.now()) - 60_000;
  const [member, mapping] = [await stack.newMember(), await stack.lockMapping()];
  const { id } = await stack.grant({ member, mapping, startsAt });
  await stack.settled(id);
  expect(stack.couldOpen(member, mapping.resourceId)).toBe(true);
  const answer = await stack.commands.changeWindow(id, { endsAt: startsAt + 30_000 }, {});
  expect(answer).toMatchObject({
    outcome: 'answered',
    grant: { provisioning: 'removed', settled: true },
  });
  expect(stack.couldOpen(member, mapping.resourceId)).toBe(false);
  expect(statusAt(await stack.read(id), Date.now())).toBe('expired');
}, 30_000);

test('an end in the past is refused on a grant that has ended and is closed', async () => {
  const ended = await endedGrant();
  const endsAt = wholeSecond(Date.now()) - 1_000;
  const answer = await stack.commands.changeWindow(ended.id, { endsAt }, {});
  expect(answer).toMatchObject({ outcome: 'refused', refusal: 'grant_over' });
  expect(await stack.read(ended.id)).toEqual(ended);
}, 30_000);

test('revoking a grant that has ended and is closed changes nothing', async () => {
  const ended = await endedGrant();
  const answer = await stack.commands.revoke(ended.id, { reason: 'too late' });
  expect(answer).toEqual({ outcome: 'answered', grant: ended });
  expect(await stack.read(ended.id)).toEqual(ended);
}, 30_000);
