import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordGrant } from '../../src/access/record-grant';
import { unlockDoor } from '../../src/access/unlock';
import { wakeDeliveries, writeEvents } from '../../src/access/write-events';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../../src/contracts/names';
import type { Actor, Grant } from '../../src/domain/grant';
import { OUTGOING_EVENT_TYPES } from '../../src/domain/outgoing-event';
import { newWebhookSecret } from '../../src/events/secret';
import type { EventDelivery, Member } from '../../src/store';
import { isSignedBy, startReceiver, type Received, type Receiver } from '../support/receiver';
import { startFastStack, type Stack } from '../support/stack';

const BY: Actor = { type: 'api_key', id: 'key_tester' };
let stack: Stack;
const receivers: Receiver[] = [];
beforeAll(async () => {
  stack = await startFastStack();
});
afterEach(async () => {
  // Each test hears its own grants only.
  const { data } = await stack.store.eventSubscriptions.list({ limit: 200 });
  for (const { id } of data) await stack.store.eventSubscriptions.delete(id);
});
afterAll(async () => {
  await stack.close();
  await Promise.all(receivers.map((receiver) => receiver.close()));
});

interface Subscribed {
  id: string;
  secret: string;
  receiver: Receiver;
}

async function subscribe(change: { url?: string; enabled?: boolean } = {}): Promise<Subscribed> {
  const receiver = await startReceiver();
  receivers.push(receiver);
  const id = `esub_${randomUUID()}`;
  const secret = newWebhookSecret();
  await stack.store.eventSubscriptions.insert({
    id,
    secret,
    url: receiver.url,
    types: [...OUTGOING_EVENT_TYPES],
    enabled: true,
    description: null,
    createdBy: BY,
    ...change,
  });
  return { id, secret, receiver };
}

async function deliveries(id: string): Promise<EventDelivery[]> {
  return (await stack.store.eventDeliveries.list(id, {}, { limit: 200 })).data;
}

async function untilDeliveries(
  id: string,
  what: (all: EventDelivery[]) => boolean,
): Promise<EventDelivery[]> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const all = await deliveries(id);
    if (what(all)) return all;
    if (Date.now() > deadline) throw new Error(`Deliveries are ${JSON.stringify(all)}`);
    await sleep(50);
  }
}

/** A member with a grant in place at the seeded lock. */
async function newKeyHolder(): Promise<{ member: Member; grant: Grant }> {
  const member = await stack.newMember();
  const mapping = await stack.lockMapping();
  const { id } = await stack.grant({ member, mapping });
  return { member, grant: await stack.settled(id) };
}

const about =
  (type: string, grantId: string) =>
  ({ event }: Received): boolean =>
    event.type === type && event.data['grantId'] === grantId;

async function revoke({ id }: Grant): Promise<void> {
  await stack.commands.revoke(id, { requestId: randomUUID(), by: BY });
}

describe('subscribers hear, signed,', () => {
  it('when access is in place, of an unlock, and when it is removed', async () => {
    const { secret, receiver } = await subscribe();
    const { member, grant } = await newKeyHolder();
    const placed = await receiver.until(about('grant.in_place', grant.id));
    expect(stack.couldOpen(member, stack.locks[0] ?? 0)).toBe(true);
    const mapping = await stack.store.doorMappings.get(grant.doorMappingId);
    expect(placed.event.data).toMatchObject({
      memberId: member.id,
      doorMappingId: grant.doorMappingId,
      doorName: mapping?.name,
      source: 'manual',
      action: 'grant',
      problem: null,
      startsAt: new Date(grant.startsAt).toISOString(),
    });

    const tap = { attemptId: randomUUID(), member, lockId: stack.locks[0] ?? 0 };
    const { outcome } = await unlockDoor(stack.deps, tap);
    const unlocked = await receiver.until(about('door.unlock', grant.id));
    expect(outcome).toBe('opened');
    expect(unlocked.event.data).toMatchObject({ memberId: member.id, outcome, reason: null });

    await revoke(grant);
    const removed = await receiver.until(about('grant.removed', grant.id));
    expect(stack.couldOpen(member, stack.locks[0] ?? 0)).toBe(false);
    expect(removed.event.data).toMatchObject({ action: 'revoke', stops: ['admin'] });
    const { revision } = removed.event.data as { revision: number };
    expect(revision).toBeGreaterThan((placed.event.data as { revision: number }).revision);

    expect(receiver.received.map((one) => isSignedBy(secret, one))).toEqual([true, true, true]);
    expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(3);
    for (const { body } of receiver.received) {
      expect(body).not.toContain('@');
      expect(body).not.toContain(member.name);
    }
  });

  it('when a grant needs attention', async () => {
    const { receiver } = await subscribe();
    const member = await stack.newMember();
    const door = await stack.groupMapping();
    const mapping = await stack.store.doorMappings.insert({
      ...door,
      id: `dm_${randomUUID()}`,
      resourceId: 999_999,
      createdBy: BY,
    });
    const grant = await stack.grant({ member, mapping });
    const { event, body } = await receiver.until(about('grant.attention', grant.id));
    const { problem } = await stack.read(grant.id);
    expect(problem).not.toBeNull();
    expect(event.data['problem']).toEqual(problem);
    expect(body).not.toContain('@');
    await revoke(grant);
  });
});

describe('an event is not lost and not doubled', () => {
  it('when its activity runs once more', async () => {
    const { id, receiver } = await subscribe();
    const { grant } = await newKeyHolder();
    await receiver.until(about('grant.in_place', grant.id));
    const { data } = await stack.store.accessLog.list({ grantId: grant.id }, { limit: 50 });
    const before = await deliveries(id);
    await recordGrant(stack.deps, [...data].reverse());
    expect((await deliveries(id)).map(({ eventId }) => eventId)).toEqual(
      before.map(({ eventId }) => eventId),
    );
  });

  it('when the receiver fails at first', async () => {
    const { id, receiver } = await subscribe();
    receiver.answers = [500];
    const { grant } = await newKeyHolder();
    const [done] = await untilDeliveries(id, (all) =>
      all.some((one) => one.status === 'delivered'),
    );
    expect(done).toMatchObject({ attempts: 2, lastAttempt: { status: 204 } });
    expect(receiver.received.filter(about('grant.in_place', grant.id))).toHaveLength(2);
    const [first, second] = receiver.received;
    expect([second?.id, second?.body]).toEqual([first?.id, first?.body]);
  });

  it('when whoever wrote it died before the word to Temporal', async () => {
    const { grant } = await newKeyHolder();
    const { id, receiver } = await subscribe();
    const { data } = await stack.store.accessLog.list({ grantId: grant.id }, { limit: 50 });
    await writeEvents(stack.deps, data);
    expect(receiver.received).toEqual([]);
    await stack.client.workflow.execute(WORKFLOW_TYPES.sweepDeliveries, {
      workflowId: `sweep-${randomUUID()}`,
      taskQueue: TASK_QUEUES.workflows,
    });
    await receiver.until(about('grant.in_place', grant.id));
    await untilDeliveries(id, (all) => all.every(({ status }) => status === 'delivered'));
  });

  it('when the workers are gone for a while, and while the receiver is', async () => {
    const { grant } = await newKeyHolder();
    const { id, receiver } = await subscribe();
    receiver.usual = 503;
    const { data } = await stack.store.accessLog.list({ grantId: grant.id }, { limit: 50 });
    await wakeDeliveries(stack.deps, await writeEvents(stack.deps, data));
    await receiver.until(() => true);
    await stack.stopWorkers();
    receiver.usual = 204;
    await stack.startWorkers();
    await untilDeliveries(id, (all) => all.every(({ status }) => status === 'delivered'));
    const run = stack.client.workflow.getHandle(workflowIds.deliverEvents(id));
    await run.result();
    expect((await run.describe()).status.name).toBe('COMPLETED');
  });

  it('while its subscription is disabled: it is kept to be replayed', async () => {
    const { id, receiver } = await subscribe({ enabled: false });
    const { grant } = await newKeyHolder();
    const [kept] = await untilDeliveries(id, (all) => all.length > 0);
    expect(kept).toMatchObject({ status: 'skipped', attempts: 0 });
    await stack.store.eventSubscriptions.update(id, { enabled: true });
    await stack.store.eventDeliveries.replaySince(id, 0, ['skipped']);
    await wakeDeliveries(stack.deps, [id]);
    await receiver.until(about('grant.in_place', grant.id));
  });
});

it('a receiver that never answers holds up no other', async () => {
  const dead = await subscribe();
  dead.receiver.usual = 'hang';
  const alive = await subscribe();
  const { grant } = await newKeyHolder();
  await dead.receiver.until(about('grant.in_place', grant.id));
  await alive.receiver.until(about('grant.in_place', grant.id));
  const more = await Promise.all([newKeyHolder(), newKeyHolder(), newKeyHolder()]);
  for (const { grant: next } of more) {
    await alive.receiver.until(about('grant.in_place', next.id));
  }
  expect((await deliveries(dead.id)).every(({ status }) => status === 'pending')).toBe(true);
});

it('a receiver that is gone for good disables its subscription and gets nothing more', async () => {
  const { id, receiver } = await subscribe();
  receiver.usual = 410;
  const first = await newKeyHolder();
  await untilDeliveries(id, (all) => all.some(({ status }) => status === 'failed'));
  const subscription = await stack.store.eventSubscriptions.get(id);
  expect(subscription).toMatchObject({ enabled: false, disabledBecause: 'gone' });
  const second = await newKeyHolder();
  await untilDeliveries(id, (all) => all.some(({ status }) => status === 'skipped'));
  expect(receiver.received.some(about('grant.in_place', first.grant.id))).toBe(true);
  expect(receiver.received.some(about('grant.in_place', second.grant.id))).toBe(false);
});
