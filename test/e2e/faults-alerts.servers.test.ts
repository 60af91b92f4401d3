import { ScheduleOverlapPolicy } from '@temporalio/client';
import { ALERT_SCHEDULE_ID } from '../../src/contracts/names';
import { eventually } from '../support/eventually';
import { startMailServer, type MailServer } from '../support/mail-server';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { hostOf } from './host';

let mailServer: MailServer;
beforeAll(async () => {
  await build();
  mailServer = await startMailServer();
}, BUILD_TIMEOUT_MS);
afterAll(() => mailServer.stop());

/**
 * Has the Schedule look as soon as no other look runs, and waits until it has. Without a policy of its
 * own a trigger runs beside the look of the minute, and is not counted among those that run (SDK:
 * `ScheduleHandle.trigger` sends ALLOW_ALL).
 */
async function look({ client }: Installation): Promise<void> {
  const schedule = client.schedule.getHandle(ALERT_SCHEDULE_ID);
  const { info } = await schedule.describe();
  await schedule.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
  await eventually(
    () => schedule.describe(),
    ({ info: { numActionsTaken, runningActions } }) =>
      numActionsTaken > info.numActionsTaken && runningActions.length === 0,
    60_000,
  );
}

it('a revoked key is mailed once, whichever worker looks', async () => {
  const env = { SMTP_URL: mailServer.url, MAIL_FROM: 'Latchkey <alerts@latchkey.test>' };
  await withInstallation({ env }, async (installation) => {
    const { api, simulator, until, startWorker } = installation;
    const host = hostOf(installation);
    const organization = await host.connect('Alerts', 1);
    const mapping = await host.map(organization, organization.lockIds[0] ?? 0);
    const channel = await api.ok<{ id: string }>('POST', '/v1/alert-channels', {
      kind: 'email',
      name: 'Desk',
      to: 'desk@example.com',
    });
    const test = await api.ok('POST', `/v1/alert-channels/${channel.id}/test`);
    expect(test).toEqual({ outcome: 'sent', detail: null });
    expect(mailServer.mails).toHaveLength(1);

    simulator.drift({ kind: 'revokeKey', secret: organization.apiKey });
    const { body } = await host.grant(await host.newMember(), mapping);
    await until(body.id, ({ problem }) => problem?.type === 'kisi_key_refused');
    await look(installation);
    const [, mail] = await mailServer.until(2);
    expect(mail?.headers['subject']).toContain('The Kisi API key does not work');
    expect(mail?.text).not.toContain(organization.apiKey);

    const [worker] = installation.workers();
    await worker?.kill('SIGKILL');
    await startWorker();
    await look(installation);
    expect(mailServer.mails).toHaveLength(2);
    expect(await api.ok('GET', '/v1/alerts?open=true&kind=bad_key')).toMatchObject({
      data: [
        {
          integrationId: organization.integrationId,
          closedAt: null,
          notices: [{ channelId: channel.id, status: 'sent', attempts: 1 }],
        },
      ],
    });
  });
}, 180_000);
