import { WorkflowUpdateFailedError } from '@temporalio/client';
import { workflowIds } from '../../src/contracts/names';
import type { GrantState } from '../../src/contracts/grant-messages';
import { passKey } from '../../src/domain/door';
import type { Grant } from '../../src/domain/grant';
import { eventually } from '../support/eventually';
import { startFastStack, type Stack } from '../support/stack';
import {
  grantHistory,
  historyOf,
  judge,
  logOf,
  secondsFromNow,
  signalByCli,
  storyOf,
  temporalCli,
} from './support';

let stack: Stack;
beforeAll(async () => {
  stack = await startFastStack();
});
afterAll(async () => {
  await stack.close();
});

async function newGrant() {
  const member = await stack.newMember();
  const mapping = await stack.lockMapping();
  const grant = await stack.grant({ member, mapping });
  await stack.settled(grant.id);
  return { member, mapping, grant };
}

describe('the four messages by the temporal CLI, as an operator sends them', () => {
  it('work with and without input', async () => {
    const { member, mapping, grant } = await newGrant();
    const lock = mapping.resourceId;
    await signalByCli(stack, grant.id, 'revoke');
    await stack.until(grant.id, (doc) => doc.settled && doc.provisioning === 'removed');
    expect(await judge(stack, member, lock, [Date.now()])).toEqual(['closed']);

    await signalByCli(stack, grant.id, 'restore', { reason: 'found the card' });
    await stack.until(grant.id, (doc) => doc.settled && doc.provisioning === 'in_place');
    expect(await judge(stack, member, lock, [Date.now()])).toEqual(['open']);

    const endsAt = secondsFromNow(120);
    await signalByCli(stack, grant.id, 'changeWindow', { endsAt: new Date(endsAt).toISOString() });
    await stack.until(grant.id, (doc) => doc.settled && doc.endsAt === endsAt);
    expect(await judge(stack, member, lock, [endsAt - 1, endsAt])).toEqual(['open', 'closed']);

    const { revision } = await stack.read(grant.id);
    await signalByCli(stack, grant.id, 'retryNow');
    const retried = await stack.until(grant.id, (doc) => doc.settled && doc.revision > revision);
    expect(retried).toMatchObject({ provisioning: 'in_place', endsAt });

    const log = await logOf(stack, grant.id);
    const restored = log.find((row) => row.action === 'restore' && row.status === 'accepted');
    expect(restored).toMatchObject({
      reason: 'found the card',
      by: { type: 'temporal', id: 'message' },
    });
  });

  it('work as Updates of the CLI too', async () => {
    const { member, mapping, grant } = await newGrant();
    const update = (name: string, ...input: string[]): Promise<string> =>
      temporalCli(
        stack,
        ...['workflow', 'update', 'execute', '-w', workflowIds.grant(grant.id), '--name', name],
        ...['--output', 'json', ...input],
      );
    expect(JSON.parse(await update('revoke'))).toMatchObject({
      result: { stops: ['admin'], settled: true, provisioning: 'removed' },
    });
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['closed']);
    expect(JSON.parse(await update('restore', '--input', '{"reason":"ok"}'))).toMatchObject({
      result: { stops: [], settled: true, provisioning: 'in_place', reason: 'ok' },
    });
    expect(JSON.parse(await update('retryNow'))).toMatchObject({ result: { settled: true } });
    expect(JSON.parse(await update('changeWindow', '--input', '{"endsAt":null}'))).toMatchObject({
      result: { settled: true, endsAt: null },
    });
  });
});

describe('messages that make no sense', () => {
  const garbage: unknown[] = [
    'text',
    7,
    null,
    [],
    [1, 2],
    { by: null, reason: 7, requestId: {}, stop: 5, startsAt: {}, endsAt: [] },
    { by: { type: 'root', id: 1 }, startsAt: 'yesterday' },
    { endsAt: '2026-13-45T99:99:99Z' },
    { endsAt: '2026-11-24T10:00:00' },
    { startsAt: null },
    { startsAt: '9999-12-31T23:59:59Z', endsAt: '0001-01-01T00:00:00Z' },
  ];

  it('break no grant, whichever Signal carries them', async () => {
    const { member, mapping, grant } = await newGrant();
    const handle = stack.client.workflow.getHandle(workflowIds.grant(grant.id));
    for (const name of ['changeWindow', 'retryNow', 'passReported', 'restore', 'unknownSignal']) {
      for (const input of garbage) await handle.signal(name, input);
      await handle.signal(name);
    }
    await signalByCli(stack, grant.id, 'changeWindow', 'soon');
    await signalByCli(stack, grant.id, 'changeWindow', { endsAt: 'soon' });
    const answer = await stack.commands.retryNow(grant.id, {});
    expect(answer).toMatchObject({ outcome: 'answered', grant: { settled: true } });
    expect(await stack.read(grant.id)).toMatchObject({
      startsAt: grant.startsAt,
      endsAt: grant.endsAt,
      stops: [],
      provisioning: 'in_place',
    });
    expect(await judge(stack, member, mapping.resourceId, [Date.now()])).toEqual(['open']);
    for (const input of garbage) await handle.signal('revoke', input);
    await stack.until(grant.id, (doc) => doc.settled && doc.stops.includes('admin'));
    const failures = (await grantHistory(stack, grant.id)).filter(
      (event) => event.workflowTaskFailedEventAttributes,
    );
    expect(failures).toEqual([]);
    const refused = (await storyOf(stack, grant.id)).filter((row) => row === 'change refused');
    expect(refused.length).toBeGreaterThan(4);
  });

  it('break no pass and no lock group', async () => {
    const { mapping, member, grant } = await newGrant();
    const { organizationId } = stack.integration;
    const target = { kind: 'lock' as const, id: mapping.resourceId };
    const workflowId = workflowIds.pass({ memberId: member.id, organizationId, target });
    const handle = stack.client.workflow.getHandle(workflowId);
    for (const input of [...garbage, { priority: 'high' }, { priority: 99, fresh: 'yes' }]) {
      await handle.signal('poke', input);
    }
    await handle.signal('poke');
    await stack.commands.revoke(grant.id, {});
    expect(await stack.read(grant.id)).toMatchObject({ provisioning: 'removed', settled: true });
    const failures = (await historyOf(stack, workflowId)).filter(
      (event) => event.workflowTaskFailedEventAttributes,
    );
    expect(failures).toEqual([]);
  });

  it('are refused as Updates, with the fault', async () => {
    const { grant } = await newGrant();
    const handle = stack.client.workflow.getHandle(workflowIds.grant(grant.id));
    const refused = handle.executeUpdate('changeWindow', { args: [{ endsAt: 'soon' }] });
    await expect(refused).rejects.toThrow(WorkflowUpdateFailedError);
    await expect(refused).rejects.toMatchObject({
      cause: { type: 'window_invalid', message: expect.stringContaining('ISO 8601') as string },
    });
    const answer = await handle.executeUpdate<Grant, [unknown]>('revoke', { args: [7] });
    expect(answer).toMatchObject({ stops: ['admin'], settled: true });
  });
});

describe('reports of passes', () => {
  it('are not lost when they come before the grant knows that it has asked', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    // The answer of `holdGrant` is held back until the pass has told the grant all it will tell.
    const { messages } = stack.deps;
    const poke = messages.pokePass.bind(messages);
    const told = new Set<string>();
    const tell = messages.tellGrant.bind(messages);
    const tellSpy = jest.spyOn(messages, 'tellGrant').mockImplementation(async (id, report) => {
      await tell(id, report);
      if (report.state === 'in_place') told.add(id);
    });
    const pokeSpy = jest.spyOn(messages, 'pokePass').mockImplementation(async (...args) => {
      await poke(...args);
      await eventually(
        () => told.size,
        (size) => size > 0,
      );
    });
    try {
      const grant = await stack.grant({ member, mapping });
      const settled = await stack.settled(grant.id);
      expect(settled).toMatchObject({ provisioning: 'in_place' });
      expect(told.has(grant.id)).toBe(true);
    } finally {
      tellSpy.mockRestore();
      pokeSpy.mockRestore();
    }
  });

  it('older than the last one, or of an earlier revision, change nothing', async () => {
    const { mapping, member, grant } = await newGrant();
    const { organizationId } = stack.integration;
    const target = { kind: 'lock' as const, id: mapping.resourceId };
    const key = passKey({ memberId: member.id, organizationId, target });
    const handle = stack.client.workflow.getHandle(workflowIds.grant(grant.id));
    const { revision } = await stack.read(grant.id);
    const report = { passKey: key, problem: null, state: 'attention' };
    const newest = Date.now() * 1_000 + 999_999;
    await handle.signal('passReported', { ...report, order: 1, wishRevision: revision });
    await handle.signal('passReported', { ...report, order: newest, wishRevision: revision - 1 });
    const elsewhere = { ...report, passKey: 'somebody:lock:1' };
    await handle.signal('passReported', { ...elsewhere, order: newest, wishRevision: revision });
    const state = await handle.query<GrantState>('state');
    expect(state.grant).toMatchObject({ provisioning: 'in_place', settled: true, revision });
    // While one about this revision and of a later look counts.
    await handle.signal('passReported', { ...report, order: newest, wishRevision: revision });
    await stack.until(grant.id, ({ provisioning }) => provisioning === 'attention');
  });
});
