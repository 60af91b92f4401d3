import { RECONCILE_SCHEDULE_ID } from '../../src/contracts/names';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping, Member, ReconcileRun } from '../../src/store';
import { createIntegrationEvents } from '../../src/temporal/integration-events';
import { startFastStack, type Stack } from '../support/stack';
import { eventually, judge } from './support';

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
  );
  if (!run) throw new Error('No report');
  return run;
}

describe('the Schedule of the reconciliation', () => {
  it('exists once, hourly, however often it is made sure of', async () => {
    await Promise.all([events.ensureReconcile(), events.ensureReconcile()]);
    await events.ensureReconcile();
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

  it('closes many open doors only once a person has allowed it', async () => {
    const mapping: DoorMapping = await stack.lockMapping();
    const holders: { member: Member; grant: Grant }[] = await Promise.all(
      [...Array(TOO_MANY).keys()].map(async () => {
        const member = await stack.newMember();
        return { member, grant: await stack.grant({ member, mapping }) };
      }),
    );
    for (const { grant } of holders) await stack.settled(grant.id);
    // The wishes are gone without a word to the passes, as after a database restored wrongly.
    const { organizationId } = stack.integration;
    const target = { kind: 'lock' as const, id: mapping.resourceId };
    for (const { member, grant } of holders) {
      const pass = { memberId: member.id, organizationId, target };
      const wish = { grantId: grant.id, from: grant.startsAt, until: grant.endsAt };
      const { revision } = await stack.read(grant.id);
      await stack.store.wishes.write(pass, { ...wish, revision, wanted: false });
    }
    const openDoors = (): number =>
      holders.filter(({ member }) => stack.couldOpen(member, mapping.resourceId)).length;

    const refused = await reconciled();
    expect(refused).toMatchObject({ refused: true, plannedRemovals: TOO_MANY, removed: 0 });
    expect(openDoors()).toBe(TOO_MANY);

    const by = { type: 'api_key', id: 'key_tester' } as const;
    await stack.store.integrations.setRemovalApproval(stack.integration.id, by);
    expect(await reconciled()).toMatchObject({ refused: false, plannedRemovals: TOO_MANY });
    await eventually(openDoors, (open) => open === 0);

    // The word counts once.
    const integration = await stack.store.integrations.get(stack.integration.id);
    expect(integration?.removalApproval?.runId).not.toBeNull();
    const again = await stack.store.integrations.takeRemovalApproval(organizationId, 'next-run');
    expect(again).toBeNull();
    // A grant that is asked again has its access back: the wishes were wrong, not the grants.
    const [first] = holders;
    if (!first) throw new Error('No holder');
    await stack.commands.retryNow(first.grant.id, {});
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
