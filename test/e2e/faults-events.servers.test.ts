import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { build, BUILD_TIMEOUT_MS, withInstallation } from '../support/processes';
import { isSignedBy, startReceiver, type Receiver } from '../support/receiver';
import { hostOf } from './host';

let receiver: Receiver;
beforeAll(async () => {
  await build();
  receiver = await startReceiver();
}, BUILD_TIMEOUT_MS);
afterAll(() => receiver.close());

/** A worker that died is noticed after its last heartbeat, 10 s. */
const AFTER_DEATH_MS = 60_000;

it('a worker that is killed while it sends: the next one sends the same event again', async () => {
  await withInstallation({}, async (installation) => {
    const { api, settled, startWorker } = installation;
    const host = hostOf(installation);
    const organization = await host.connect('Events', 1);
    const mapping = await host.map(organization, organization.lockIds[0] ?? 0);
    receiver.usual = 'hang';
    const subscription = await api.ok<{ id: string; secret: string }>(
      'POST',
      '/v1/event-subscriptions',
      { url: receiver.url, types: ['grant.in_place'] },
    );

    const grant = await settled((await host.grant(await host.newMember(), mapping)).body.id);
    const first = await receiver.until(({ event }) => event.data['grantId'] === grant.id);
    const [worker] = installation.workers();
    await worker?.kill('SIGKILL');
    receiver.usual = 204;
    await startWorker();

    const isAgain = (one: typeof first): boolean => one !== first && one.id === first.id;
    const again = await receiver.until(isAgain, AFTER_DEATH_MS);
    expect(again.body).toBe(first.body);
    expect(isSignedBy(subscription.secret, again)).toBe(true);
    const path = `/v1/event-subscriptions/${subscription.id}/deliveries/${first.id}`;
    await eventually(
      async () => {
        // The API takes a bounded number of requests in a minute.
        await sleep(250);
        return api.ok('GET', path);
      },
      ({ status }) => status === 'delivered',
    );
  });
}, 180_000);
