import { workflowIds } from '../../src/contracts/names';
import { lookAgainSignal } from '../../src/contracts/source-messages';
import type { DoorMapping, Member } from '../../src/store';
import { startContinuingStack, SUGGEST_AFTER } from '../support/continuing-server';
import { eventually } from '../support/eventually';
import type { Stack } from '../support/stack';
import { judge, runsOf, secondsFromNow } from './support';

/** More than after which the server suggests to continue as new, with nobody to take them yet. */
const WAITING = SUGGEST_AFTER + 10;

let stack: Stack;
let close: () => Promise<void>;
let door: DoorMapping;
beforeAll(async () => {
  ({ stack, close } = await startContinuingStack());
  await stack.store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'Europe/Berlin' });
  await stack.store.spaces.upsert({ id: 'spc_1', name: 'Room', locationId: 'loc_1' });
  door = await stack.lockMapping();
  await stack.store.doorMappings.update(door.id, { locationId: 'loc_1', spaceId: 'spc_1' });
});
afterAll(async () => {
  await close();
});

const iso = (ms: number): string => new Date(ms).toISOString();

function message(member: Member, version: number, endsAt: number): Record<string, unknown> {
  const startsAt = iso(secondsFromNow(-60));
  const given = { memberIds: [member.id], spaceId: 'spc_1', status: 'confirmed' };
  return { version, startsAt, endsAt: iso(endsAt), ...given };
}

/** The events of the first run, which ended by continuing as new. */
async function activitiesOfFirstRun(workflowId: string): Promise<number> {
  const handle = stack.client.workflow.getHandle(workflowId);
  const { events: latest } = await handle.fetchHistory();
  const first = latest?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId ?? '';
  const { events } = await stack.client.workflow.getHandle(workflowId, first).fetchHistory();
  return (events ?? []).filter((event) => event.activityTaskScheduledEventAttributes).length;
}

describe('continue-as-new of a booking', () => {
  it('carries over every snapshot that waits, and what is stored of them counts', async () => {
    const member = await stack.newMember();
    const source = { kind: 'booking', id: 'bk_waiting' } as const;
    const workflowId = workflowIds.source(source);
    const ends = [...Array(WAITING).keys()].map((step) => secondsFromNow(1_000 + 10 * step));
    await stack.stopWorkers();
    for (const [index, endsAt] of ends.entries()) {
      await stack.deps.messages.changeSource(source, message(member, index + 1, endsAt));
    }
    await stack.deps.messages.changeSource(source, message(member, 1, ends[0] ?? 0));
    await stack.startWorkers();

    const state: unknown = await stack.client.workflow.getHandle(workflowId).result();
    expect(state).toMatchObject({
      stored: WAITING,
      ignored: [expect.stringContaining('version 1 is older')] as unknown,
    });
    expect(await runsOf(stack, workflowId)).toBeGreaterThan(1);
    expect(await activitiesOfFirstRun(workflowId)).toBe(0);
    const record = await stack.store.bookings.get(source.id);
    expect(record).toMatchObject({ version: WAITING, appliedVersion: WAITING });
    const last = ends.at(-1) ?? 0;
    const grantId = record?.asked[0]?.grantId ?? '';
    await stack.until(grantId, (grant) => grant.settled && grant.endsAt === last);
    expect(await judge(stack, member, door.resourceId, [last - 1, last])).toEqual([
      'open',
      'closed',
    ]);
  });

  it('carries over that it was to look again', async () => {
    const member = await stack.newMember();
    const source = { kind: 'booking', id: 'bk_look' } as const;
    const workflowId = workflowIds.source(source);
    const [startsAt, endsAt] = [secondsFromNow(-60), secondsFromNow(600)];
    const content = { memberIds: [member.id], spaceId: 'spc_1', startsAt, endsAt };
    await stack.store.bookings.accept(source.id, {
      version: 1,
      content: { ...content, status: 'confirmed' },
    });
    await stack.stopWorkers();
    await stack.deps.messages.lookAgainAtSource(source);
    const handle = stack.client.workflow.getHandle(workflowId);
    for (let sent = 1; sent < WAITING; sent += 1) await handle.signal(lookAgainSignal);
    await stack.startWorkers();

    expect(await handle.result()).toMatchObject({ stored: 0, ignored: [] });
    expect(await runsOf(stack, workflowId)).toBeGreaterThan(1);
    expect(await activitiesOfFirstRun(workflowId)).toBe(0);
    await eventually(
      () => stack.couldOpen(member, door.resourceId),
      (open) => open,
    );
  });
});
