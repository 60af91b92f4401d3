import { RECONCILE_SCHEDULE_ID, workflowIds } from '../../src/contracts/names';
import { passKey } from '../../src/domain/door';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping, Member, ReconcileRun } from '../../src/store';
import { createGrantRuns } from '../../src/temporal/grant-runs';
import { createIntegrationEvents } from '../../src/temporal/integration-events';
import { eventually } from '../support/eventually';
import { startFastStack, type Stack } from '../support/stack';
import { judge } from './support';

/** One more than a run may close without a person's word. */
const TOO_MANY = 11;

let stack: Stack;
let events: ReturnType<typeof createIntegrationEvents>;
beforeAll(async () => {
  stack = await startFastStack();
  events = createIntegrationEvents(stack.client, stack.store, stack.clock);
});
afterAll(async () => {
  await stack.close();
});

/** Runs the Schedule at once and waits for its report. */
async function reconciled(): Promise<ReconcileRun> {
  const { organizationId } = stack.integration;
  const before = await stack.store.reconcileRuns.latest(organizationId);
  await events.reconcileNow();
  const run = await eventually(
    () => stack.store.reconcileRuns.latest(organizationId),
    (latest) => latest !== null && latest.id !== before?.id,
    40_000,
  );
  if (!run) throw new Error('No report');
  return run;
}

describe('the Schedule of the reconciliation', () => {
  it('exists once, hourly, however often it is made sure of', async () => {
    await Promise.all([events.ensureSchedules(), events.ensureSchedules()]);
    await events.ensureSchedules();
    const description = await stack.client.schedule.getHandle(RECONCILE_SCHEDULE_ID).describe();
    expect(description.spec.intervals).toEqual([expect.objectContaining({ every: 3_600_000 })]);
    expect(description.action).toMatchObject({ workflowType: 'reconcile' });
    expect(description.info.nextActionTimes.length).toBeGreaterThan(0);
  });

  it('runs at once when it is asked to, and finds nothing wrong', async () => {
    const run = await reconciled();
    expect(run).toMatchObject({
      organizationId: stack.integration.organizationId,
      refused: false,
      repaired: 0,
      removed: 0,
    });
  });

  async function holders(mapping: DoorMapping): Promise<{ member: Member; grant: Grant }[]> {
    const made = await Promise.all(
      [...Array(TOO_MANY).keys()].map(async () => {
        const member = await stack.newMember();
        return { member, grant: await stack.grant({ member, mapping }) };
      }),
    );
    for (const { grant } of made) await stack.settled(grant.id);
    return made;
  }
  const openDoors = (of: { member: Member }[], { resourceId }: DoorMapping): number =>
    of.filter(({ member }) => stack.couldOpen(member, resourceId)).length;

  it('has running grants write lost wishes again before it compares rows with them', async () => {
    const mapping = await stack.lockMapping();
    const all = await holders(mapping);
    // The wishes are gone without a word to the passes, as after a database restored wrongly.
    const { organizationId } = stack.integration;
    const target = { kind: 'lock' as const, id: mapping.resourceId };
    for (const { member, grant } of all) {
      const pass = { memberId: member.id, organizationId, target };
      const wish = { grantId: grant.id, from: grant.startsAt, until: grant.endsAt };
      const { revision } = await stack.read(grant.id);
      await stack.store.wishes.write(pass, { ...wish, revision, wanted: false });
    }
    expect(await reconciled()).toMatchObject({ refused: false, plannedRemovals: 0 });
    expect(openDoors(all, mapping)).toBe(TOO_MANY);
    for (const { member, grant } of all) {
      const [wish] = await stack.store.wishes.byPass(
        passKey({ memberId: member.id, organizationId, target }),
      );
      expect(wish).toMatchObject({ grantId: grant.id, wanted: true });
    }
  });

  it('closes the doors of many terminated grants only once a person has allowed it', async () => {
    const mapping = await stack.lockMapping();
    const all = await holders(mapping);
    for (const { grant } of all) {
      await stack.client.workflow.getHandle(workflowIds.grant(grant.id)).terminate();
    }
    const runs = createGrantRuns(stack.client);
    await eventually(
      async () => (await runs.runningAmong(all.map(({ grant }) => grant.id))).size,
      (running) => running === 0,
    );
    const listed = [];
    for await (const id of runs.running(Date.now())) listed.push(id);
    expect(listed.filter((id) => all.some(({ grant }) => grant.id === id))).toEqual([]);

    expect(await reconciled()).toMatchObject({ refused: true, plannedRemovals: TOO_MANY });
    expect(openDoors(all, mapping)).toBe(TOO_MANY);

    const by = { type: 'api_key', id: 'key_tester' } as const;
    await stack.store.integrations.setRemovalApproval(stack.integration.id, by);
    expect(await reconciled()).toMatchObject({ refused: false, started: TOO_MANY });
    await eventually(
      () => openDoors(all, mapping),
      (open) => open === 0,
    );

    // The word counts once.
    const { organizationId } = stack.integration;
    const again = await stack.store.integrations.takeRemovalApproval(organizationId, 'next-run');
    expect(again).toBeNull();
    // A restored one has its access back.
    const [first] = all;
    if (!first) throw new Error('No holder');
    await stack.commands.restore(first.grant.id, {});
    expect(await judge(stack, first.member, mapping.resourceId, [Date.now()])).toEqual(['open']);
  });

  it('repairs a row that somebody changed in the dashboard, and reports foreign ones', async () => {
    const mapping = await stack.groupMapping();
    const member = await stack.newMember();
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const lock = stack.group.lockIds[0] ?? 0;
    const [row] = stack.rowsOf(member);
    stack.simulator.drift({ kind: 'deleteRow', id: row?.id ?? 0 });
    const { organizations } = stack.simulator.state();
    const stranger = stack.simulator.drift({
      kind: 'addUser',
      organizationId: organizations[0]?.id ?? 0,
      email: 'stranger@example.com',
    });
    stack.simulator.drift({ kind: 'addRow', assigneeId: stranger, groupId: stack.group.id });
    expect(stack.couldOpen(member, lock)).toBe(false);

    const run = await reconciled();
    expect(run.repaired).toBeGreaterThanOrEqual(1);
    expect(run.foreignRows.count).toBe(1);
    await eventually(
      () => stack.couldOpen(member, lock),
      (open) => open,
    );
    const strangers = stack.simulator
      .state()
      .roleAssignments.filter(({ assigneeId }) => assigneeId === stranger);
    expect(strangers).toHaveLength(1);
  });
});
