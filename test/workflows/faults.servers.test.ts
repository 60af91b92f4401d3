import { demoApiKey } from '../../simulator';
import { workflowIds } from '../../src/contracts/names';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping, Member } from '../../src/store';
import { createIntegrationEvents } from '../../src/temporal/integration-events';
import { eventually } from '../support/eventually';
import { startFastStack, type Stack } from '../support/stack';
import { expectTaken, judge, secondsFromNow, signalByCli, statusOf } from './support';

let stack: Stack;
let mapping: DoorMapping;

/** One stack for the tests of a block; each names the lock it is about, whose group may be missing. */
function onOneStack(): void {
  beforeAll(async () => {
    stack = await startFastStack();
  });
  afterEach(() => {
    stack.simulator.clearFaults();
  });
  afterAll(async () => {
    await stack.close();
  });
}

async function useLock(index: 0 | 1 | 2): Promise<void> {
  mapping = await stack.lockMapping(stack.locks[index]);
}

async function newGrant(startsAt?: number): Promise<{ member: Member; grant: Grant }> {
  const member = await stack.newMember();
  const wishes = { member, mapping, ...(startsAt === undefined ? {} : { startsAt }) };
  return { member, grant: await stack.grant(wishes) };
}

const openNow = (member: Member): Promise<string[]> =>
  judge(stack, member, mapping.resourceId, [Date.now()]);

const proberStatus = (): Promise<string> =>
  statusOf(stack, workflowIds.probe(stack.integration.organizationId));

describe('a fault of the whole integration', () => {
  onOneStack();

  it('an outage is one fault, heals by itself, and the most urgent pass is poked first', async () => {
    await useLock(0);
    const held = await newGrant();
    await stack.settled(held.grant.id);
    stack.simulator.setSwitches({ outage: 'unavailable' });

    const waiting = await newGrant();
    const problem = { type: 'kisi_unavailable' };
    await stack.until(waiting.grant.id, (doc) => doc.problem?.type === 'kisi_unavailable');
    const later = await newGrant(secondsFromNow(86_400));
    // Accepted at once, not settled.
    expectTaken(await stack.commands.revoke(held.grant.id, {}));
    const revoked = await stack.until(held.grant.id, (doc) => doc.stops.includes('admin'));
    expect(revoked).toMatchObject({ settled: false, provisioning: 'removing' });
    await stack.until(later.grant.id, (doc) => doc.problem?.type === 'kisi_unavailable');
    expect(await stack.read(waiting.grant.id)).toMatchObject({
      provisioning: 'pending',
      settled: false,
      problem,
    });
    expect(await proberStatus()).toBe('RUNNING');
    // While the fault is known nobody but the prober calls Kisi.
    const calls = stack.simulator.requests().length;
    const idle = await newGrant();
    await stack.until(idle.grant.id, (doc) => doc.problem?.type === 'kisi_unavailable');
    const since = stack.simulator.requests().slice(calls);
    expect(since.filter(({ method }) => method !== 'GET')).toEqual([]);

    const pokes: string[] = [];
    const { messages } = stack.deps;
    const poke = messages.pokePass.bind(messages);
    const spy = jest.spyOn(messages, 'pokePass').mockImplementation(async (pass, ...rest) => {
      pokes.push(pass.memberId);
      await poke(pass, ...rest);
    });
    stack.simulator.setSwitches({ outage: 'none' });
    const ids = [held, waiting, idle, later].map(({ grant }) => grant.id);
    const healed = await Promise.all(
      ids.map((id) => stack.until(id, ({ settled }) => settled, 30_000)),
    );
    spy.mockRestore();
    expect(healed.map(({ provisioning }) => provisioning)).toEqual([
      'removed',
      'in_place',
      'in_place',
      'in_place',
    ]);
    // Removals, then starts that are due, then the rest.
    expect(pokes[0]).toBe(held.member.id);
    expect(pokes.indexOf(later.member.id)).toBe(3);
    expect(await openNow(held.member)).toEqual(['closed']);
    expect(await openNow(waiting.member)).toEqual(['open']);
    expect((await stack.store.integrations.get(stack.integration.id))?.fault).toBeNull();
    await eventually(proberStatus, (status) => status === 'COMPLETED');
  });

  it('an outage while the group of the lock is still missing is healed as well', async () => {
    await useLock(1);
    stack.simulator.setSwitches({ outage: 'reset' });
    const { member, grant } = await newGrant();
    await stack.until(grant.id, (doc) => doc.problem?.type === 'kisi_unavailable');
    stack.simulator.setSwitches({ outage: 'none' });
    await stack.until(grant.id, ({ provisioning }) => provisioning === 'in_place', 30_000);
    expect(await openNow(member)).toEqual(['open']);
  });

  it('a key that Kisi refuses heals every waiting grant once replaced, without anybody touching a grant', async () => {
    await useLock(0);
    const held = await newGrant();
    await stack.settled(held.grant.id);
    const ownerId = stack.integration.keyOwnerId;
    stack.simulator.drift({ kind: 'revokeKey', secret: demoApiKey });
    // One pass whose group stands, and one that would need a new group.
    const first = await newGrant();
    await stack.until(first.grant.id, (doc) => doc.problem?.type === 'kisi_key_refused');
    await useLock(2);
    const second = await newGrant();
    await stack.until(second.grant.id, (doc) => doc.problem?.type === 'kisi_key_refused');
    // What is in place stays in place.
    expect(await stack.read(held.grant.id)).toMatchObject({ provisioning: 'in_place' });

    const secret = `${demoApiKey}-new`;
    stack.simulator.drift({ kind: 'addKey', userId: ownerId, secret });
    const owner = { keyOwnerId: ownerId };
    await stack.store.integrations.replaceKey(stack.integration.id, { apiKey: secret, ...owner });
    const events = createIntegrationEvents(stack.client, stack.store, stack.clock);
    await events.keyReplaced(stack.integration.organizationId);
    const healed = await Promise.all(
      [first, second].map(({ grant }) => stack.until(grant.id, ({ settled }) => settled, 30_000)),
    );
    expect(healed.map(({ provisioning }) => provisioning)).toEqual(['in_place', 'in_place']);
    expect(await openNow(second.member)).toEqual(['open']);
    expect((await stack.store.integrations.get(stack.integration.id))?.fault).toBeNull();
  });
});

describe('a trouble that the integration is not to blame for', () => {
  onOneStack();

  describe('the group of a lock', () => {
    it('is made once for many who need it at the same time', async () => {
      await useLock(0);
      const grants = await Promise.all([1, 2, 3, 4].map(() => newGrant()));
      for (const { grant } of grants) await stack.settled(grant.id);
      for (const { member } of grants) expect(await openNow(member)).toEqual(['open']);
      const marked = stack.simulator
        .state()
        .groups.filter(({ description }) => description?.includes('[latchkey:lock:'));
      expect(marked).toHaveLength(1);
    });

    it('that somebody removed in Kisi is made again', async () => {
      await useLock(1);
      const { member, grant } = await newGrant();
      await stack.settled(grant.id);
      const [row] = stack.rowsOf(member);
      stack.simulator.drift({ kind: 'deleteGroup', id: row?.groupId ?? 0 });
      expect(stack.couldOpen(member, mapping.resourceId)).toBe(false);
      const other = await newGrant();
      await stack.settled(other.grant.id);
      expect(await openNow(other.member)).toEqual(['open']);
      await stack.commands.retryNow(grant.id, {});
      await stack.until(grant.id, ({ settled }) => settled);
      await eventually(
        () => stack.couldOpen(member, mapping.resourceId),
        (open) => open,
      );
    });

    it('is waited for as long as Kisi refuses to make it', async () => {
      await useLock(2);
      const fault = stack.simulator.addFault({
        kind: 'answerBefore',
        method: 'POST',
        path: '/groups',
        status: 422,
      });
      const { member, grant } = await newGrant();
      const waiting = await stack.until(grant.id, (doc) => doc.problem?.type === 'group_missing');
      expect(waiting).toMatchObject({ provisioning: 'pending', settled: false });
      await eventually(
        () => stack.simulator.fault(fault.id)?.hits ?? 0,
        (hits) => hits > 0,
      );
      stack.simulator.releaseFault(fault.id);
      // Somebody asks again; the group is tried at most every 10 s.
      await stack.commands.retryNow(grant.id, {});
      await stack.until(grant.id, (doc) => doc.settled, 20_000);
      expect(await openNow(member)).toEqual(['open']);
    });
  });

  describe('a trouble of one grant alone', () => {
    it('shows as attention and is tried again on retryNow', async () => {
      await useLock(0);
      const warm = await newGrant();
      await stack.settled(warm.grant.id);
      const fault = stack.simulator.addFault({
        kind: 'answerBefore',
        method: 'POST',
        path: '/role_assignments',
        status: 422,
        body: { errors: { base: ['The member may not be shared with.'] } },
      });
      const { member, grant } = await newGrant();
      const troubled = await stack.until(grant.id, (doc) => doc.provisioning === 'attention');
      expect(troubled).toMatchObject({ settled: false, problem: { type: 'kisi_refused' } });
      expect(troubled.problem?.detail).toContain('may not be shared');
      // It fails neither the workflow nor anybody else's grant.
      expect(await statusOf(stack, workflowIds.grant(grant.id))).toBe('RUNNING');
      expect((await stack.store.integrations.get(stack.integration.id))?.fault).toBeNull();

      stack.simulator.releaseFault(fault.id);
      await signalByCli(stack, grant.id, 'retryNow');
      await stack.until(grant.id, (doc) => doc.settled && doc.provisioning === 'in_place');
      expect(await openNow(member)).toEqual(['open']);
    });

    it('of a revoke is never given up: the door is shut once Kisi lets it', async () => {
      await useLock(0);
      const { member, grant } = await newGrant();
      await stack.settled(grant.id);
      const fault = stack.simulator.addFault({
        kind: 'answerBefore',
        method: 'DELETE',
        status: 422,
      });
      expectTaken(await stack.commands.revoke(grant.id, {}));
      const revoked = await stack.until(grant.id, (doc) => doc.provisioning === 'attention');
      expect(revoked.settled).toBe(false);
      expect(await openNow(member)).toEqual(['either']);
      stack.simulator.releaseFault(fault.id);
      await stack.commands.retryNow(grant.id, {});
      const gone = await stack.until(grant.id, (doc) => doc.settled);
      expect(gone.provisioning).toBe('removed');
      expect(await openNow(member)).toEqual(['closed']);
    });
  });

  describe('a member on hold', () => {
    it('opens nothing until the hold is lifted', async () => {
      await useLock(0);
      const { member, grant } = await newGrant();
      await stack.settled(grant.id);
      const target = { kind: 'lock' as const, id: mapping.resourceId };
      const { organizationId } = stack.integration;
      const pass = { memberId: member.id, organizationId, target };
      const by = { type: 'system', id: 'test' } as const;
      await stack.store.members.setHold(member.id, { reason: 'unpaid', by });
      await stack.deps.messages.pokePass(pass, 1);
      const held = await stack.until(grant.id, (doc) => doc.problem?.type === 'member_on_hold');
      expect(held.provisioning).toBe('removed');
      expect(stack.rowsOf(member)).toEqual([]);
      expect(await openNow(member)).toEqual(['closed']);

      await stack.store.members.clearHold(member.id);
      await stack.deps.messages.pokePass(pass, 1);
      await stack.until(grant.id, (doc) => doc.provisioning === 'in_place' && !doc.problem);
      expect(await openNow(member)).toEqual(['open']);
    });
  });
});
