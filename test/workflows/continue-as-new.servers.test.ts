import { workflowIds } from '../../src/contracts/names';
import { pokeSignal } from '../../src/contracts/pass-messages';
import type { PassRef } from '../../src/domain/door';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping, Member } from '../../src/store';
import { startContinuingStack, SUGGEST_AFTER } from '../support/continuing-server';
import { eventually } from '../support/eventually';
import type { Stack } from '../support/stack';
import {
  expectTaken,
  historyOf,
  judge,
  judgeSpan,
  runsOf,
  secondsFromNow,
  sleepUntil,
} from './support';

/** What one Update waits for its answer at most. */
const ANSWER_BOUND_MS = 5_000;

let stack: Stack;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ stack, close } = await startContinuingStack());
});
afterAll(async () => {
  await close();
});

function passOf(member: Member, mapping: DoorMapping): PassRef {
  const target = { kind: mapping.resourceType, id: mapping.resourceId };
  return { memberId: member.id, organizationId: stack.integration.organizationId, target };
}

describe('continue-as-new', () => {
  it('loses nothing of a grant and its pass', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const startsAt = secondsFromNow(0);
    const grant = await stack.grant({ member, mapping, startsAt });
    const from = (await stack.settled(grant.id)).inPlaceAt ?? 0;
    const workflowId = workflowIds.grant(grant.id);
    const becomes = (provisioning: Grant['provisioning']) =>
      stack.until(grant.id, (doc) => doc.settled && doc.provisioning === provisioning);
    const tookToEnd: number[] = [];
    for (let round = 0; tookToEnd.length < 2; round += 1) {
      const runs = await runsOf(stack, workflowId);
      const startedAt = Date.now();
      expectTaken(await stack.commands.revoke(grant.id, { requestId: `revoke-${String(round)}` }));
      await becomes('removed');
      expectTaken(await stack.commands.restore(grant.id, {}));
      await becomes('in_place');
      const took = Date.now() - startedAt;
      if ((await runsOf(stack, workflowId)) > runs) tookToEnd.push(took);
      expect(round).toBeLessThan(40);
    }
    // A run that wants to end holds up no answer; one of the two may meet a busy machine.
    expect(Math.min(...tookToEnd)).toBeLessThan(ANSWER_BOUND_MS);
    await judgeSpan(stack, member, mapping.resourceId, { from, until: Date.now(), everyMs: 50 });

    // Request ids of the runs before are still known.
    const before = await stack.read(grant.id);
    await stack.commands.revoke(grant.id, { requestId: 'revoke-0' });
    expect(await stack.read(grant.id)).toEqual(before);

    // So are the dates, although timers do not survive.
    const runs = await runsOf(stack, workflowId);
    const endsAt = secondsFromNow(8);
    await stack.commands.changeWindow(grant.id, { endsAt }, {});
    for (let round = 0; round < 12; round += 1) await stack.commands.retryNow(grant.id, {});
    expect(await runsOf(stack, workflowId)).toBeGreaterThan(runs);
    await sleepUntil(endsAt + 200);
    expect(await judge(stack, member, mapping.resourceId, [endsAt - 1, endsAt])).toEqual([
      'open',
      'closed',
    ]);
    const events = await historyOf(stack, workflowId);
    expect(events.length).toBeLessThan(SUGGEST_AFTER * 2);
  }, 120_000);

  it('of a pass neither repeats nor forgets what it holds', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const rows = stack.rowsOf(member);
    const workflowId = workflowIds.pass(passOf(member, mapping));
    const handle = stack.client.workflow.getHandle(workflowId);
    await eventually(
      async () => {
        await handle.signal(pokeSignal, { fresh: true });
        return runsOf(stack, workflowId);
      },
      (runs) => runs > 1,
    );
    expect(stack.rowsOf(member)).toEqual(rows);
    await stack.commands.revoke(grant.id, {});
    expect(stack.rowsOf(member)).toEqual([]);
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['closed']);
  });

  it('loses no signal that comes while it happens', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const grant = await stack.grant({ member, mapping, endsAt: null });
    await stack.settled(grant.id);
    const workflowId = workflowIds.grant(grant.id);
    const handle = stack.client.workflow.getHandle(workflowId);
    const ends = [...Array(80).keys()].map((step) => secondsFromNow(1_000 + 10 * step));
    for (const endsAt of ends) {
      await handle.signal('changeWindow', { endsAt: new Date(endsAt).toISOString() });
    }
    const last = ends.at(-1) ?? 0;
    await stack.until(grant.id, (doc) => doc.settled && doc.endsAt === last);
    expect(await runsOf(stack, workflowId)).toBeGreaterThan(1);
    const { data } = await stack.store.accessLog.list(
      { grantId: grant.id, action: 'change', status: 'accepted' },
      { limit: 200 },
    );
    expect(data).toHaveLength(ends.length);
    expect(await judge(stack, member, mapping.resourceId, [last - 1, last])).toEqual([
      'open',
      'closed',
    ]);
  });

  it('keeps who waits for the group of a lock', async () => {
    const mapping = await stack.lockMapping(stack.locks[1]);
    const fault = stack.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: '/groups',
      status: 429,
      headers: { 'Retry-After': '1' },
    });
    const member = await stack.newMember();
    const grant = await stack.grant({ member, mapping });
    const { organizationId } = stack.integration;
    const workflowId = workflowIds.lockGroup(organizationId, mapping.resourceId);
    await eventually(
      () => runsOf(stack, workflowId).catch(() => 0),
      (runs) => runs > 1,
      30_000,
    );
    stack.simulator.releaseFault(fault.id);
    await stack.settled(grant.id);
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['open']);
  });

  it('goes on probing a Kisi that does not answer', async () => {
    const mapping = await stack.lockMapping();
    stack.simulator.setSwitches({ outage: 'unavailable' });
    const member = await stack.newMember();
    const grant = await stack.grant({ member, mapping });
    await stack.until(grant.id, (doc) => doc.problem?.type === 'kisi_unavailable');
    const workflowId = workflowIds.probe(stack.integration.organizationId);
    const handle = stack.client.workflow.getHandle(workflowId);
    await eventually(
      async () => {
        await handle.signal('probeNow');
        return runsOf(stack, workflowId);
      },
      (runs) => runs > 1,
    );
    stack.simulator.setSwitches({ outage: 'none' });
    await stack.until(grant.id, ({ settled }) => settled, 30_000);
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['open']);
  });
});
