import { randomUUID } from 'node:crypto';
import { wakeDeliveries } from '../../src/access/write-events';
import { deliverSignal } from '../../src/contracts/event-activities';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../../src/contracts/names';
import { testPayload } from '../../src/domain/outgoing-event';
import { newWebhookSecret } from '../../src/events/secret';
import { eventually } from '../support/eventually';
import { startReceiver, type Receiver } from '../support/receiver';
import type { Stack } from '../support/stack';
import { statusOf } from '../workflows/support';
import type { Scene } from './scene';

/** Paths of the events that go out. */
export const EVENT_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { id, receiver } = await subscribed(scene.stack);
    await send(scene.stack, id);
    await delivered(scene.stack, id);
    await scene.keep('events-delivered', workflowIds.deliverEvents(id));
    await receiver.close();
  },

  async (scene) => {
    const { id, receiver } = await subscribed(scene.stack);
    receiver.answers = [500];
    await send(scene.stack, id);
    await receiver.until(() => true);
    // Another event while the first one waits for its next try.
    await send(scene.stack, id);
    await delivered(scene.stack, id);
    await scene.keep('events-delivered-late', workflowIds.deliverEvents(id));
    await receiver.close();
  },

  async (scene) => {
    const workflowId = 'sweep-deliveries-recorded';
    await scene.stack.client.workflow.execute(WORKFLOW_TYPES.sweepDeliveries, {
      workflowId,
      taskQueue: TASK_QUEUES.workflows,
      args: [],
    });
    await scene.keep('deliveries-swept', workflowId);
  },
];

/** On a server that suggests to continue as new early. */
export const CONTINUING_EVENT_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { stack } = scene;
    const { id, receiver } = await subscribed(stack);
    await continueDelivering(stack, id, receiver);
    const workflowId = workflowIds.deliverEvents(id);
    const [first] = await runIdsOf(stack, workflowId);
    await delivered(stack, id);
    await scene.keep('events-continued-as-new', workflowId, first);
    await scene.keep('events-after-continue-as-new', workflowId);
    await receiver.close();
  },
];

/** Has a delivery fail until its workflow has continued as new, and succeed from then on. */
export async function continueDelivering(
  stack: Stack,
  id: string,
  receiver: Receiver,
): Promise<void> {
  receiver.usual = 500;
  await send(stack, id);
  const workflowId = workflowIds.deliverEvents(id);
  const handle = stack.client.workflow.getHandle(workflowId);
  await eventually(
    async () => {
      await handle.signal(deliverSignal);
      return (await runIdsOf(stack, workflowId)).length;
    },
    (runs) => runs > 1,
    60_000,
  );
  receiver.usual = 204;
}

export async function subscribed(stack: Stack): Promise<{ id: string; receiver: Receiver }> {
  const receiver = await startReceiver();
  const id = `esub_${randomUUID()}`;
  await stack.store.eventSubscriptions.insert({
    id,
    url: receiver.url,
    types: ['grant.in_place'],
    enabled: true,
    description: null,
    secret: newWebhookSecret(),
    createdBy: { type: 'system', id: 'test' },
  });
  return { id, receiver };
}

async function send(stack: Stack, subscriptionId: string): Promise<void> {
  const at = stack.clock.now();
  const payload = testPayload(subscriptionId, at);
  const eventId = `evt_${randomUUID()}`;
  const { type } = payload;
  await stack.store.eventDeliveries.record([
    { subscriptionId, eventId, type, at, payload: JSON.stringify(payload), status: 'pending' },
  ]);
  await wakeDeliveries(stack.deps, [subscriptionId]);
}

/** Waits until all is delivered and the workflow has nothing left to do. */
export async function delivered(stack: Stack, subscriptionId: string): Promise<void> {
  await eventually(
    async () => (await stack.store.eventDeliveries.nextTryAt(subscriptionId)) === null,
    (isDone) => isDone,
    60_000,
  );
  await eventually(
    () => statusOf(stack, workflowIds.deliverEvents(subscriptionId)),
    (status) => status === 'COMPLETED',
  );
}

/** Runs of the workflow, the first one first. */
async function runIdsOf(stack: Stack, workflowId: string): Promise<string[]> {
  const runIds: string[] = [];
  let runId: string | undefined;
  do {
    const handle = stack.client.workflow.getHandle(workflowId, runId);
    const [started] = (await handle.fetchHistory()).events ?? [];
    const attributes = started?.workflowExecutionStartedEventAttributes;
    runIds.unshift(attributes?.originalExecutionRunId ?? '');
    runId = attributes?.continuedExecutionRunId ?? '';
  } while (runId !== '');
  return runIds;
}
