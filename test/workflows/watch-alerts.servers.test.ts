import { randomUUID } from 'node:crypto';
import { ScheduleOverlapPolicy } from '@temporalio/client';
import { demoApiKey } from '../../simulator';
import {
  ALERT_SCHEDULE_ID,
  TASK_QUEUES,
  WORKFLOW_TYPES,
  workflowIds,
} from '../../src/contracts/names';
import type { DoorMapping, StoredAlert } from '../../src/store';
import { createGrantRuns } from '../../src/temporal/grant-runs';
import { ALERT_WATCH, ensureSchedule } from '../../src/temporal/schedules';
import { MovableClock } from '../access/access-under-test';
import { eventually } from '../support/eventually';
import { startMailServer, type MailServer, type ReceivedMail } from '../support/mail-server';
import { startReceiver, type Receiver } from '../support/receiver';
import { startFastStack, type Stack } from '../support/stack';

const MINUTE = 60_000;
/** One more than a reconciliation may close without a person's word. */
const TOO_MANY = 11;

const clock = new MovableClock();
let stack: Stack;
let mailServer: MailServer;
let chat: Receiver;
let mapping: DoorMapping;
beforeAll(async () => {
  mailServer = await startMailServer();
  chat = await startReceiver();
  stack = await startFastStack({ clock, smtpUrl: mailServer.url });
  await stack.store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'Europe/Berlin' });
  await stack.store.integrations.update(stack.integration.id, { locationIds: ['loc_1'] });
  mapping = await stack.groupMapping();
  const by = { type: 'system', id: 'test' } as const;
  const channels = [
    { kind: 'email', to: 'desk@example.com' },
    { kind: 'webhook', url: chat.url, format: 'slack' },
  ] as const;
  for (const target of channels) {
    const id = `achn_${target.kind}`;
    await stack.store.alertChannels.insert({
      id,
      name: target.kind,
      enabled: true,
      target,
      createdBy: by,
    });
  }
});
beforeEach(() => {
  mailServer.mails.length = 0;
  chat.received.length = 0;
});
afterAll(async () => {
  await stack.close();
  await chat.close();
  await mailServer.stop();
});

/** What the Schedule starts every minute, to its end. */
async function look(): Promise<void> {
  await run(WORKFLOW_TYPES.watchAlerts);
}

async function run(type: string): Promise<void> {
  const taskQueue = TASK_QUEUES.workflows;
  await stack.client.workflow.execute(type, {
    workflowId: `${type}-${randomUUID()}`,
    taskQueue,
    args: [],
  });
}

async function openKinds(): Promise<string[]> {
  return (await stack.store.alerts.open()).map(({ kind }: StoredAlert) => kind).sort();
}

const subjects = (): string[] => mailServer.mails.map(({ headers }) => headers['subject'] ?? '');
const chatted = (): string[] => chat.received.map(({ body }) => body);

/** The one mail that came since, which the chat heard as well, and neither again. */
async function theOneNotice(): Promise<ReceivedMail> {
  await look();
  await stack.stopWorkers();
  await stack.startWorkers();
  await look();
  clock.advance(MINUTE);
  await look();
  expect(subjects()).toHaveLength(1);
  expect(chatted()).toHaveLength(1);
  const [mail] = mailServer.mails;
  if (!mail) throw new Error('No mail');
  return mail;
}

const faultType = async (): Promise<string | null> =>
  (await stack.store.integrations.get(stack.integration.id))?.fault?.type ?? null;

async function untilFault(type: string | null): Promise<void> {
  await eventually(faultType, (is) => is === type, 40_000);
}

/** Somebody whose access begins so many minutes from now. */
async function newGrant(inMinutes: number): Promise<{ memberId: string; grantId: string }> {
  const member = await stack.newMember();
  const startsAt = Math.floor(clock.now() / 1_000) * 1_000 + inMinutes * MINUTE;
  const { id } = await stack.grant({ member, mapping, startsAt });
  return { memberId: member.id, grantId: id };
}

it('a reconciliation that wants a person: one notice', async () => {
  const made = await Promise.all(
    [...Array(TOO_MANY).keys()].map(async () =>
      stack.grant({ member: await stack.newMember(), mapping }),
    ),
  );
  for (const { id } of made) await stack.settled(id);
  for (const { id } of made) {
    await stack.client.workflow.getHandle(workflowIds.grant(id)).terminate();
  }
  const runs = createGrantRuns(stack.client);
  await eventually(
    async () => (await runs.runningAmong(made.map(({ id }) => id))).size,
    (running) => running === 0,
  );
  await run(WORKFLOW_TYPES.reconcile);

  const mail = await theOneNotice();
  expect(mail.headers['subject']).toContain('The reconciliation waits for your word');
  expect(mail.text).toContain(`wants to close ${String(TOO_MANY)} of ${String(TOO_MANY)}`);
  expect(mail.text).toContain(`POST /v1/integrations/${stack.integration.id}/reconcile-approval`);
  const by = { type: 'api_key', id: 'key_tester' } as const;
  await stack.store.integrations.setRemovalApproval(stack.integration.id, by);
  await look();
  expect(await openKinds()).toEqual([]);
  expect(subjects()).toHaveLength(1);
}, 120_000);

it('Kisi down: one notice, one of the starts it endangers, and one when it is back', async () => {
  stack.simulator.setSwitches({ outage: 'unavailable' });
  await newGrant(24 * 60);
  await untilFault('kisi_unavailable');
  clock.advance(MINUTE);
  const down = await theOneNotice();
  expect(down.headers['subject']).toBe(
    `Latchkey: Kisi does not answer: ${stack.integration.organizationName} (Mitte)`,
  );
  expect(down.text).toMatch(/since \d+ \w+ \d{4}, [\d:]+ \(Europe\/Berlin\)/);
  expect(down.to).toEqual(['desk@example.com']);

  mailServer.mails.length = 0;
  chat.received.length = 0;
  const near = await newGrant(20);
  await stack.until(near.grantId, ({ problem }) => problem?.type === 'kisi_unavailable');
  clock.advance(MINUTE);
  const start = await theOneNotice();
  expect(start.headers['subject']).toContain('A start is near and not in place');
  expect(start.text).toContain(`member ${near.memberId} to ${mapping.name}`);
  expect(start.text).toContain('Kisi does not answer');
  const members = await stack.store.members.getMany([near.memberId]);
  const told = [start.text, ...chatted()].join();
  for (const { email, name } of members) {
    expect(told).not.toContain(email);
    expect(told).not.toContain(`${name ?? 'nobody'} `);
  }
  expect(await openKinds()).toEqual(['kisi_down', 'start_at_risk']);

  mailServer.mails.length = 0;
  chat.received.length = 0;
  stack.simulator.setSwitches({ outage: 'none' });
  await untilFault(null);
  await stack.until(near.grantId, ({ provisioning }) => provisioning === 'in_place', 30_000);
  // It may be down again within the minute.
  await look();
  expect(await openKinds()).toEqual(['kisi_down']);
  expect(subjects()).toEqual([]);
  clock.advance(2 * MINUTE);
  const back = await theOneNotice();
  expect(back.headers['subject']).toContain('Kisi answers again');
  expect(back.headers['in-reply-to']).toBe(down.headers['message-id']);
  expect(await openKinds()).toEqual([]);
}, 120_000);

it('a revoked key: one notice, which a mail server that is away gets when it is back', async () => {
  await mailServer.stop();
  stack.simulator.drift({ kind: 'revokeKey', secret: demoApiKey });
  await newGrant(24 * 60);
  await untilFault('kisi_key_refused');
  await look();
  expect(subjects()).toEqual([]);
  expect(chatted()).toEqual([expect.stringContaining('The Kisi API key does not work')]);
  const owed = await stack.store.notices.owed('achn_email', 10);
  expect(owed).toMatchObject([{ attempts: 1, isUnreached: true }]);

  await mailServer.start();
  clock.advance(MINUTE);
  const mail = await theOneNotice();
  expect(mail.text).toContain('Kisi refuses the API key');
  expect(mail.text).toContain('Organization Owner');
  expect(`${mail.text}${chatted().join()}`).not.toContain(demoApiKey);
  expect(await openKinds()).toEqual(['bad_key']);
}, 120_000);

it('the Schedule looks every minute, however often it is made sure of', async () => {
  await Promise.all([
    ensureSchedule(stack.client, ALERT_WATCH),
    ensureSchedule(stack.client, ALERT_WATCH),
  ]);
  const schedule = stack.client.schedule.getHandle(ALERT_SCHEDULE_ID);
  const description = await schedule.describe();
  expect(description.spec.intervals).toEqual([expect.objectContaining({ every: MINUTE })]);
  await schedule.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  const { info } = await eventually(
    () => schedule.describe(),
    ({ info: { recentActions, runningActions } }) =>
      recentActions.length > 0 && runningActions.length === 0,
  );
  const [action] = info.recentActions;
  if (action?.action.type !== 'startWorkflow') throw new Error('Nothing was started');
  const { workflowId } = action.action.workflow;
  expect((await stack.client.workflow.getHandle(workflowId).describe()).type).toBe('watchAlerts');
});
