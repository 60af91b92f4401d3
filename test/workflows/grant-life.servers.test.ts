import { workflowIds } from '../../src/contracts/names';
import { eventually } from '../support/eventually';
import { startFastStack, type Stack } from '../support/stack';
import {
  expectTaken,
  grantHistory,
  judge,
  judgeSpan,
  logOf,
  secondsFromNow,
  sleepUntil,
  statusOf,
  storyOf,
  untilClosed,
} from './support';

let stack: Stack;
beforeAll(async () => {
  stack = await startFastStack();
});
afterAll(async () => {
  await stack.close();
});

describe('a grant', () => {
  it('gives access now and takes it away at its end, both by Kisi itself', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const startsAt = secondsFromNow(0);
    const endsAt = startsAt + 12_000;
    const grant = await stack.grant({ member, mapping, startsAt, endsAt });
    const settled = await stack.settled(grant.id);
    expect(settled.provisioning).toBe('in_place');

    const instants = [startsAt - 1, Date.now(), endsAt - 1, endsAt];
    const verdicts = ['closed', 'open', 'open', 'closed'];
    expect(await judge(stack, member, mapping.resourceId, instants)).toEqual(verdicts);
    await sleepUntil(endsAt);
    await stack.until(grant.id, ({ provisioning }) => provisioning === 'removing');
    await judgeSpan(stack, member, mapping.resourceId, { from: startsAt, until: Date.now() });
    expect(stack.couldOpen(member, mapping.resourceId)).toBe(false);
    const story = (await storyOf(stack, grant.id)).filter((row) => row !== 'grant pending');
    expect(story).toEqual(['grant accepted', 'grant in_place', 'expire accepted']);
  });

  it('that starts later stands at Kisi ahead of time', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping(stack.locks[1]);
    const startsAt = secondsFromNow(10);
    const grant = await stack.grant({ member, mapping, startsAt, endsAt: startsAt + 3_600_000 });
    await stack.settled(grant.id);
    expect(stack.rowsOf(member)).toEqual([
      expect.objectContaining({
        from: new Date(startsAt).toISOString(),
        until: new Date(startsAt + 3_600_000).toISOString(),
      }),
    ]);
    expect(Date.now()).toBeLessThan(startsAt);
    const instants = [Date.now(), startsAt - 1, startsAt, startsAt + 3_600_000];
    const verdicts = ['closed', 'closed', 'open', 'closed'];
    expect(await judge(stack, member, mapping.resourceId, instants)).toEqual(verdicts);
    // The start is no change: nothing is written at Kisi for it.
    const calls = stack.simulator.requests().length;
    await sleepUntil(startsAt + 500);
    expect(stack.couldOpen(member, mapping.resourceId)).toBe(true);
    expect(stack.simulator.requests()).toHaveLength(calls);
  });

  it('whose end is past touches no door and closes', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const calls = stack.simulator.requests().length;
    const endsAt = secondsFromNow(-60);
    const grant = await stack.grant({ member, mapping, startsAt: endsAt - 60_000, endsAt });
    expect(await untilClosed(stack, grant.id)).toBe('COMPLETED');
    expect(await stack.read(grant.id)).toMatchObject({ provisioning: 'removed', settled: true });
    expect(stack.simulator.requests()).toHaveLength(calls);
    expect(await judge(stack, member, mapping.resourceId, [endsAt - 1, Date.now()])).toEqual([
      'closed',
      'closed',
    ]);
  });

  it('without an end costs no timer', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const grant = await stack.grant({ member, mapping, endsAt: null });
    await stack.settled(grant.id);
    const century = Date.now() + 90 * 365 * 86_400_000;
    expect(await judge(stack, member, mapping.resourceId, [Date.now(), century])).toEqual([
      'open',
      'open',
    ]);
    const events = await grantHistory(stack, grant.id);
    expect(events.filter((event) => event.timerStartedEventAttributes)).toEqual([]);
    expect(stack.rowsOf(member)).toEqual([expect.objectContaining({ from: null, until: null })]);
  });

  it.each([2, 3])('of %i seconds opens and shuts the door on time', async (seconds) => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const startsAt = secondsFromNow(8);
    const endsAt = startsAt + seconds * 1_000;
    const grant = await stack.grant({ member, mapping, startsAt, endsAt });
    await stack.settled(grant.id);
    await sleepUntil(endsAt + 300);
    const instants = [startsAt - 1, startsAt, endsAt - 1, endsAt, endsAt + 200];
    const verdicts = ['closed', 'open', 'open', 'closed', 'closed'];
    expect(await judge(stack, member, mapping.resourceId, instants)).toEqual(verdicts);
  });
});

describe('a change of dates', () => {
  it('moves the end, earlier and later, without a gap', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const startsAt = secondsFromNow(0);
    const grant = await stack.grant({ member, mapping, startsAt, endsAt: startsAt + 60_000 });
    const inPlace = await stack.settled(grant.id);

    const longer = startsAt + 120_000;
    const extended = await stack.commands.changeWindow(grant.id, { endsAt: longer }, {});
    expect(extended).toMatchObject({ outcome: 'answered', grant: { settled: true } });
    const at = { extended: Date.now(), inPlace: inPlace.inPlaceAt ?? 0 };
    expect(await judge(stack, member, mapping.resourceId, [longer - 1, longer])).toEqual([
      'open',
      'closed',
    ]);

    const shorter = secondsFromNow(8);
    const shortened = await stack.commands.changeWindow(grant.id, { endsAt: shorter }, {});
    expect(shortened).toMatchObject({ outcome: 'answered', grant: { settled: true } });
    await sleepUntil(shorter + 200);
    const instants = [at.inPlace, at.extended, shorter - 1, shorter];
    const verdicts = ['open', 'open', 'open', 'closed'];
    expect(await judge(stack, member, mapping.resourceId, instants)).toEqual(verdicts);
    for (let past = at.inPlace; past < shorter; past += 5) {
      expect(stack.couldOpen(member, mapping.resourceId, past)).toBe(true);
    }
  });

  it('moves the whole window away and back', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const startsAt = secondsFromNow(0);
    const window = { startsAt, endsAt: startsAt + 60_000 };
    const grant = await stack.grant({ member, mapping, ...window });
    await stack.settled(grant.id);
    const tomorrow = { startsAt: startsAt + 86_400_000, endsAt: startsAt + 90_000_000 };
    await stack.commands.changeWindow(grant.id, tomorrow, {});
    const instants = [Date.now(), tomorrow.startsAt - 1, tomorrow.startsAt, tomorrow.endsAt];
    const verdicts = ['closed', 'closed', 'open', 'closed'];
    expect(await judge(stack, member, mapping.resourceId, instants)).toEqual(verdicts);
    await stack.commands.changeWindow(grant.id, window, {});
    expect(await judge(stack, member, mapping.resourceId, [Date.now(), window.endsAt])).toEqual([
      'open',
      'closed',
    ]);
    expect(stack.rowsOf(member)).toHaveLength(1);
  });

  it('to an end that has passed ends the grant at once', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const startsAt = secondsFromNow(-10);
    const grant = await stack.grant({ member, mapping, startsAt });
    await stack.settled(grant.id);
    const endsAt = secondsFromNow(-5);
    const changed = await stack.commands.changeWindow(grant.id, { endsAt }, {});
    expect(changed).toMatchObject({
      outcome: 'answered',
      grant: { settled: true, provisioning: 'removed', endsAt },
    });
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['closed']);
    expect(await untilClosed(stack, grant.id)).toBe('COMPLETED');
  });

  it('with an end before the start is refused and leaves everything as it was', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const grant = await stack.grant({ member, mapping });
    const before = await stack.settled(grant.id);
    const change = { endsAt: grant.startsAt };
    expect(await stack.commands.changeWindow(grant.id, change, {})).toMatchObject({
      outcome: 'refused',
      refusal: 'window_invalid',
    });
    expect(await stack.read(grant.id)).toEqual(before);
  });

  it('at the very instant of expiry is settled one way or the other, and the last word holds', async () => {
    const mapping = await stack.lockMapping();
    const endsAt = secondsFromNow(8);
    const grants = await Promise.all(
      [-30, -10, 0, 10, 30].map(async (offset) => {
        const member = await stack.newMember();
        const grant = await stack.grant({ member, mapping, endsAt });
        return { member, grant, offset };
      }),
    );
    await Promise.all(grants.map(({ grant }) => stack.settled(grant.id)));
    const later = endsAt + 60_000;
    await Promise.all(
      grants.map(async ({ grant, offset }) => {
        await sleepUntil(endsAt + offset);
        await stack.commands.changeWindow(grant.id, { endsAt: later }, {});
      }),
    );
    for (const { member, grant } of grants) {
      const settled = await stack.until(grant.id, (doc) => doc.settled && doc.endsAt === later);
      expect(settled.provisioning).toBe('in_place');
      const instants = [endsAt - 1, Date.now(), later - 1, later];
      await judge(stack, member, mapping.resourceId, instants);
      await judgeSpan(stack, member, mapping.resourceId, {
        from: endsAt - 500,
        until: Date.now(),
        everyMs: 20,
      });
      expect(stack.couldOpen(member, mapping.resourceId)).toBe(true);
    }
  });
});

describe('revoke and restore', () => {
  it('take the access away and give it back, each at once', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const from = Date.now();
    const revoked = await stack.commands.revoke(grant.id, { reason: 'lost card' });
    expect(revoked).toMatchObject({
      outcome: 'answered',
      grant: { settled: true, provisioning: 'removed', stops: ['admin'], reason: 'lost card' },
    });
    expect(stack.rowsOf(member)).toEqual([]);
    // Whoever had the answer reads it in the read model.
    expect(await stack.read(grant.id)).toMatchObject({ provisioning: 'removed', settled: true });
    expect(await judge(stack, member, mapping.resourceId, [from, Date.now()])).toEqual([
      'open',
      'closed',
    ]);
    const restored = await stack.commands.restore(grant.id, {});
    expect(restored).toMatchObject({
      outcome: 'answered',
      grant: { settled: true, provisioning: 'in_place', stops: [] },
    });
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['open']);
    await judgeSpan(stack, member, mapping.resourceId, { from, until: Date.now(), everyMs: 20 });
  });

  it('count once for the same request id', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const requestId = 'req_1';
    await stack.commands.revoke(grant.id, { requestId });
    await stack.commands.restore(grant.id, { requestId: 'req_2' });
    // The same request again, as a retry that was long under way: as an Update and as a Signal.
    await stack.commands.revoke(grant.id, { requestId });
    const handle = stack.client.workflow.getHandle(workflowIds.grant(grant.id));
    await handle.signal('revoke', { requestId });
    await handle.executeUpdate('retryNow', { args: [{}] });
    expect(await stack.settled(grant.id)).toMatchObject({ stops: [], provisioning: 'in_place' });
    const accepted = (await storyOf(stack, grant.id)).filter((row) => row.endsWith('accepted'));
    expect(accepted).toEqual([
      'grant accepted',
      'revoke accepted',
      'restore accepted',
      'retry accepted',
    ]);
  });

  it('keep a door shut whose row Kisi was just about to write', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const fault = stack.simulator.addFault({
      kind: 'hold',
      method: 'POST',
      path: '/role_assignments',
      count: 1,
      when: 'before',
    });
    const grant = await stack.grant({ member, mapping });
    await stack.simulator.waitUntilHeld(fault.id);
    const revoking = stack.commands.revoke(grant.id, {});
    await stack.until(grant.id, ({ stops }) => stops.includes('admin'));
    stack.simulator.releaseFault(fault.id);
    expect(await revoking).toMatchObject({ outcome: 'answered', grant: { settled: true } });
    expect(await stack.read(grant.id)).toMatchObject({ provisioning: 'removed', settled: true });
    expect(stack.rowsOf(member)).toEqual([]);
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['closed']);
  });

  it('are refused after the end, with what to do; a Signal leaves a refused row', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const endsAt = secondsFromNow(10);
    const grant = await stack.grant({ member, mapping, endsAt });
    await stack.settled(grant.id);
    await sleepUntil(endsAt);
    await stack.until(grant.id, ({ provisioning }) => provisioning === 'removing');
    const answer = await stack.commands.restore(grant.id, {});
    expect(answer).toMatchObject({ outcome: 'refused', refusal: 'grant_over' });
    expect(answer).toMatchObject({ detail: expect.stringContaining('Change its dates') as string });
    const handle = stack.client.workflow.getHandle(workflowIds.grant(grant.id));
    await handle.signal('restore', { reason: 'please' });
    const refused = await eventually(
      async () => (await logOf(stack, grant.id)).filter(({ status }) => status === 'refused'),
      (rows) => rows.length > 0,
    );
    expect(refused).toEqual([
      expect.objectContaining({
        action: 'restore',
        by: { type: 'temporal', id: 'message' },
        reason: expect.stringContaining('Change its dates') as string,
      }),
    ]);
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['closed']);
  });
});

describe('a grant that is over', () => {
  it('goes on in a new run with a higher revision when its end is moved', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const startsAt = secondsFromNow(-60);
    const grant = await stack.grant({ member, mapping, startsAt, endsAt: startsAt + 30_000 });
    await untilClosed(stack, grant.id);
    const closed = await stack.read(grant.id);
    const endsAt = secondsFromNow(60);
    const answer = await stack.commands.changeWindow(grant.id, { endsAt }, { reason: 'stays' });
    expectTaken(answer);
    const extended = await stack.until(grant.id, (doc) => doc.settled && doc.endsAt === endsAt);
    expect(extended).toMatchObject({ provisioning: 'in_place', reason: 'stays' });
    expect(extended.revision).toBeGreaterThan(closed.revision);
    expect(extended.recordNumber).toBeGreaterThan(closed.recordNumber);
    expect(await statusOf(stack, workflowIds.grant(grant.id))).toBe('RUNNING');
    expect(await judge(stack, member, mapping.resourceId, [Date.now(), endsAt])).toEqual([
      'open',
      'closed',
    ]);
    expect(await storyOf(stack, grant.id)).toEqual(
      expect.arrayContaining(['expire removed', 'change accepted', 'change in_place']),
    );
  });

  it('stays revoked when it is extended after it was revoked', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const endsAt = secondsFromNow(15);
    const grant = await stack.grant({ member, mapping, endsAt });
    await stack.settled(grant.id);
    // After the end Kisi's row lies there for a minute before it is cleaned away.
    await stack.commands.revoke(grant.id, {});
    expect(await untilClosed(stack, grant.id)).toBe('COMPLETED');
    const later = secondsFromNow(60);
    expectTaken(await stack.commands.changeWindow(grant.id, { endsAt: later }, {}));
    const extended = await stack.until(grant.id, (doc) => doc.settled && doc.endsAt === later);
    expect(extended).toMatchObject({ stops: ['admin'], provisioning: 'removed' });
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['closed']);
    expectTaken(await stack.commands.restore(grant.id, {}));
    const restored = await stack.until(grant.id, (doc) => doc.settled && doc.stops.length === 0);
    expect(restored.provisioning).toBe('in_place');
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['open']);
  });
});
