import { TASK_QUEUES, WORKFLOW_TYPES } from '../../src/contracts/names';
import { startReceiver } from '../support/receiver';
import type { Stack } from '../support/stack';
import type { Scene } from './scene';

/** Paths of the look at alerts, which is started every minute. */
export const ALERT_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    await look(scene.stack, 'alerts-watched-recorded');
    await scene.keep('alerts-watched', 'alerts-watched-recorded');

    const { stack } = scene;
    const chat = await startReceiver();
    for (const id of ['achn_recorded_1', 'achn_recorded_2']) {
      const target = { kind: 'webhook', url: chat.url, format: 'slack' } as const;
      const createdBy = { type: 'system', id: 'test' } as const;
      await stack.store.alertChannels.insert({ id, name: id, enabled: true, target, createdBy });
      await stack.store.notices.record([
        {
          noticeId: 'notice_recorded',
          channelId: id,
          inReplyTo: null,
          subject: 'Recorded',
          text: 'A notice that is owed.',
          createdAt: stack.clock.now(),
        },
      ]);
    }
    await look(stack, 'alerts-sent-recorded');
    await scene.keep('alerts-sent', 'alerts-sent-recorded');
    await chat.close();
  },
];

function look({ client }: Stack, workflowId: string): Promise<unknown> {
  const taskQueue = TASK_QUEUES.workflows;
  return client.workflow.execute(WORKFLOW_TYPES.watchAlerts, { workflowId, taskQueue, args: [] });
}
