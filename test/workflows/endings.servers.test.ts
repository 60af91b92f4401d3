import { workflowIds } from '../../src/contracts/names';
import { passStateQuery } from '../../src/contracts/pass-messages';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping, Member } from '../../src/store';
import { eventually } from '../support/eventually';
import { startFastStack, type Stack } from '../support/stack';
import { untilUnlisted } from '../support/until-unlisted';
import {
  expectTaken,
  historyOf,
  judge,
  secondsFromNow,
  statusOf,
  storyOf,
  temporalCli,
  untilClosed,
} from './support';

let stack: Stack;
beforeAll(async () => {
  stack = await startFastStack();
});
afterAll(async () => {
  await stack.close();
});

async function newGrant(endsAt?: number | null) {
  const member = await stack.newMember();
  const mapping = await stack.lockMapping();
  const wishes = { member, mapping, ...(endsAt === undefined ? {} : { endsAt }) };
  const grant = await stack.grant(wishes);
  await stack.settled(grant.id);
  return { member, mapping, grant };
}

/** Runs the reconciliation to its end, as the Schedule does. */
async function reconcile(): Promise<void> {
  await stack.client.workflow.execute('reconcile', {
    workflowId: `reconcile-${String(Date.now())}`,
    taskQueue: 'access-workflows',
    args: [],
  });
}

function passId(member: Member, mapping: DoorMapping): string {
  const { organizationId } = stack.integration;
  const target = { kind: mapping.resourceType, id: mapping.resourceId };
  return workflowIds.pass({ memberId: member.id, organizationId, target });
}

const openNow = (member: Member, mapping: DoorMapping): Promise<string[]> =>
  judge(stack, member, mapping.resourceId, [Date.now()]);

const inPlace = ({ settled, provisioning }: Grant): boolean =>
  settled && provisioning === 'in_place';

describe('cancelling a grant in Temporal', () => {
  it('revokes, closes, and can be taken back before the end', async () => {
    const { member, mapping, grant } = await newGrant();
    const before = await stack.read(grant.id);
    await temporalCli(stack, 'workflow', 'cancel', '-w', workflowIds.grant(grant.id));
    expect(await untilClosed(stack, grant.id)).toBe('COMPLETED');
    expect(await stack.read(grant.id)).toMatchObject({
      stops: ['admin'],
      provisioning: 'removed',
      settled: true,
      changedBy: { type: 'temporal', id: 'cancel' },
    });
    expect(stack.rowsOf(member)).toEqual([]);
    expect(await openNow(member, mapping)).toEqual(['closed']);
    // The reconciliation takes it for what it is.
    await untilUnlisted(stack.client, workflowIds.grant(grant.id));
    await reconcile();
    expect(await statusOf(stack, workflowIds.grant(grant.id))).toBe('COMPLETED');

    expectTaken(await stack.commands.restore(grant.id, {}));
    const restored = await stack.until(grant.id, inPlace);
    expect(restored.stops).toEqual([]);
    expect(await statusOf(stack, workflowIds.grant(grant.id))).toBe('RUNNING');
    expect((await stack.read(grant.id)).revision).toBeGreaterThan(before.revision);
    expect(await openNow(member, mapping)).toEqual(['open']);
  });

  it('closes one that was revoked already', async () => {
    const { grant } = await newGrant(null);
    await stack.commands.revoke(grant.id, {});
    await stack.client.workflow.getHandle(workflowIds.grant(grant.id)).cancel();
    expect(await untilClosed(stack, grant.id)).toBe('COMPLETED');
  });

  it('can be repeated on the new run', async () => {
    const { member, mapping, grant } = await newGrant(null);
    for (let round = 0; round < 2; round += 1) {
      await stack.client.workflow.getHandle(workflowIds.grant(grant.id)).cancel();
      expect(await untilClosed(stack, grant.id)).toBe('COMPLETED');
      expect(await openNow(member, mapping)).toEqual(['closed']);
      expectTaken(await stack.commands.restore(grant.id, {}));
      await stack.until(grant.id, inPlace);
      expect(await openNow(member, mapping)).toEqual(['open']);
    }
  });
});

describe('a terminated grant', () => {
  it('is started again by the reconciliation with its access gone, and is restorable', async () => {
    const { member, mapping, grant } = await newGrant();
    await temporalCli(stack, 'workflow', 'terminate', '-w', workflowIds.grant(grant.id));
    expect(stack.couldOpen(member, mapping.resourceId)).toBe(true);
    await untilUnlisted(stack.client, workflowIds.grant(grant.id));
    await reconcile();
    const gone = await stack.until(grant.id, (doc) => doc.settled && doc.stops.length > 0);
    expect(gone).toMatchObject({ stops: ['terminated'], provisioning: 'removed' });
    expect(stack.rowsOf(member)).toEqual([]);
    expect(await openNow(member, mapping)).toEqual(['closed']);
    expect(await storyOf(stack, grant.id)).toContain('revoke removed');

    await reconcile();
    expect((await stack.read(grant.id)).revision).toBe(gone.revision);
    expectTaken(await stack.commands.restore(grant.id, {}));
    const restored = await stack.until(grant.id, inPlace);
    expect(restored.stops).toEqual([]);
    expect(await openNow(member, mapping)).toEqual(['open']);
  });

  it('goes on where it was when an admin changes it first', async () => {
    const { member, mapping, grant } = await newGrant();
    await stack.client.workflow.getHandle(workflowIds.grant(grant.id)).terminate('test');
    expectTaken(await stack.commands.revoke(grant.id, {}));
    const revoked = await stack.until(grant.id, (doc) => doc.settled && doc.stops.length > 0);
    expect(revoked).toMatchObject({ stops: ['admin'], provisioning: 'removed' });
    expect(await openNow(member, mapping)).toEqual(['closed']);
  });

  it('that Temporal never knew starts as it is recorded', async () => {
    const { member, mapping, grant } = await newGrant();
    const lost = { ...(await stack.read(grant.id)), id: `${grant.id}-lost`, settled: false };
    await stack.store.grants.insertAccepted(lost);
    await stack.commands.revoke(grant.id, {});
    expect(stack.couldOpen(member, mapping.resourceId)).toBe(false);
    await reconcile();
    const started = await stack.until(lost.id, ({ settled }) => settled);
    expect(started).toMatchObject({ provisioning: 'in_place', stops: [] });
    expect(await openNow(member, mapping)).toEqual(['open']);
  });
});

describe('a terminated pass', () => {
  it('whose row is left behind is made to look by the reconciliation', async () => {
    const { member, mapping, grant } = await newGrant();
    await stack.client.workflow.getHandle(passId(member, mapping)).terminate('test');
    // The wish is let go while nobody looks: the poke is lost with the worker that would send it.
    const spy = jest.spyOn(stack.deps.messages, 'pokePass').mockResolvedValue();
    await stack.client.workflow.getHandle(workflowIds.grant(grant.id)).signal('revoke');
    await eventually(
      () => spy.mock.calls.length,
      (calls) => calls > 0,
    );
    spy.mockRestore();
    await stack.until(grant.id, ({ stops }) => stops.includes('admin'));
    expect(stack.rowsOf(member)).toHaveLength(1);
    await untilUnlisted(stack.client, passId(member, mapping));
    await reconcile();
    await stack.until(grant.id, (doc) => doc.settled && doc.provisioning === 'removed');
    expect(stack.rowsOf(member)).toEqual([]);
    expect(await openNow(member, mapping)).toEqual(['closed']);
  });

  it('whose rows are right for now is started again all the same', async () => {
    const { member, mapping, grant } = await newGrant();
    const id = passId(member, mapping);
    await stack.client.workflow.getHandle(id).terminate('test');
    await untilUnlisted(stack.client, id);
    await reconcile();
    await eventually(
      () => statusOf(stack, id),
      (status) => status === 'RUNNING',
    );
    expect(await stack.read(grant.id)).toMatchObject({ provisioning: 'in_place', settled: true });
    expect(await openNow(member, mapping)).toEqual(['open']);
  });

  it('knows every holder again when one of them changes', async () => {
    const { member, mapping, grant } = await newGrant();
    const second = await stack.grant({ member, mapping, endsAt: null });
    await stack.settled(second.id);
    await stack.client.workflow.getHandle(passId(member, mapping)).terminate('test');
    await stack.commands.revoke(second.id, {});
    expect(await stack.read(second.id)).toMatchObject({ provisioning: 'removed', settled: true });
    const instants = [Date.now(), (grant.endsAt ?? 0) - 1, grant.endsAt ?? 0];
    const verdicts = ['open', 'open', 'closed'];
    expect(await judge(stack, member, mapping.resourceId, instants)).toEqual(verdicts);
  });

  it('that was only cancelled looks again and goes on', async () => {
    const { member, mapping, grant } = await newGrant();
    const [row] = stack.rowsOf(member);
    stack.simulator.drift({ kind: 'deleteRow', id: row?.id ?? 0 });
    await stack.client.workflow.getHandle(passId(member, mapping)).cancel();
    await eventually(
      () => stack.couldOpen(member, mapping.resourceId),
      (open) => open,
    );
    expect(await statusOf(stack, passId(member, mapping))).toBe('RUNNING');
    expect(await stack.read(grant.id)).toMatchObject({ provisioning: 'in_place' });
  });
});

describe('a Reset of a grant', () => {
  it('that forgets a later change asks again with a higher revision', async () => {
    const { member, mapping, grant } = await newGrant();
    const events = await historyOf(stack, workflowIds.grant(grant.id));
    const beforeAsking = events.find((event) => event.workflowTaskCompletedEventAttributes);
    await stack.commands.revoke(grant.id, {});
    const { revision } = await stack.read(grant.id);
    await temporalCli(
      stack,
      ...['workflow', 'reset', '-w', workflowIds.grant(grant.id), '--reason', 'test'],
      ...['--event-id', String(beforeAsking?.eventId ?? 0), '--reapply-exclude', 'All'],
    );
    const settled = await stack.until(grant.id, (doc) => doc.settled && doc.revision > revision);
    expect(settled).toMatchObject({ stops: [], provisioning: 'in_place' });
    expect(await openNow(member, mapping)).toEqual(['open']);
  });

  it('to a point after it had asked is not deaf either', async () => {
    const { member, mapping, grant } = await newGrant();
    const first = await stack.read(grant.id);
    const events = await historyOf(stack, workflowIds.grant(grant.id));
    const settledTask = events.filter((event) => event.workflowTaskCompletedEventAttributes).at(-1);
    await stack.commands.changeWindow(grant.id, { endsAt: secondsFromNow(600) }, {});
    await temporalCli(
      stack,
      ...['workflow', 'reset', '-w', workflowIds.grant(grant.id), '--reason', 'test'],
      ...['--event-id', String(settledTask?.eventId ?? 0), '--reapply-exclude', 'All'],
    );
    await eventually(
      () => statusOf(stack, workflowIds.grant(grant.id)),
      (status) => status === 'RUNNING',
    );
    const retried = await stack.commands.retryNow(grant.id, {});
    expect(retried).toMatchObject({ outcome: 'answered', grant: { settled: true } });
    expect(await stack.read(grant.id)).toMatchObject({
      endsAt: first.endsAt,
      provisioning: 'in_place',
    });
    expect(await judge(stack, member, mapping.resourceId, [(first.endsAt ?? 0) - 1])).toEqual([
      'open',
    ]);
  });

  it('of its pass starts from what Kisi shows', async () => {
    const { member, mapping, grant } = await newGrant();
    const id = passId(member, mapping);
    const turn = async (): Promise<number> =>
      (await stack.client.workflow.getHandle(id).query(passStateQuery)).turn;
    const before = await turn();
    const events = await historyOf(stack, id);
    const first = events.find((event) => event.workflowTaskCompletedEventAttributes);
    await temporalCli(
      stack,
      ...['workflow', 'reset', '-w', id, '--reason', 'test'],
      ...['--event-id', String(first?.eventId ?? 0)],
    );
    await eventually(turn, (now) => now > before);
    await stack.commands.revoke(grant.id, {});
    expect(await stack.read(grant.id)).toMatchObject({ provisioning: 'removed', settled: true });
    expect(stack.rowsOf(member)).toEqual([]);
  });
});
