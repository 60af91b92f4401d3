import { createConnection } from 'mongoose';
import {
  createEventSubscription,
  deleteEventSubscription,
  getEventDelivery,
  getEventSubscription,
  listEventDeliveries,
  listEventSubscriptions,
  patchEventSubscription,
  replayEventDelivery,
  replayEvents,
  rotateEventSecret,
  testEventSubscription,
} from '../../api/event-subscriptions/schema';
import { createEventSender, type EventSender } from '../../src/events/sender';
import { sendDueEvents } from '../../src/events/send-due';
import { createLogger } from '../../src/logging';
import { MOST_EVENT_SUBSCRIPTIONS } from '../../src/store';
import { isSignedBy, startReceiver, type Received, type Receiver } from '../support/receiver';
import { expectProblem, startApi, type ApiResponse, type ApiUnderTest } from './api-under-test';
import { idOf } from './fixtures';

const MINUTE = 60_000;
let api: ApiUnderTest;
let receiver: Receiver;
let sender: EventSender;
beforeAll(async () => {
  api = await startApi();
  // Receivers judge the time of a signature by the machine's clock.
  api.clock.time = Date.now();
  receiver = await startReceiver();
  sender = createEventSender({ allowPrivateHosts: true });
});
afterEach(() => {
  receiver.received.length = 0;
  receiver.answers = [];
  api.deliveries.length = 0;
});
afterAll(async () => {
  await sender.close();
  await receiver.close();
  await api.close();
});

const BODY = createEventSubscription.bodyExample;

async function subscribe(change: object = {}): Promise<{ id: string; secret: string }> {
  const { status, body } = await api.call(createEventSubscription, {
    body: { ...BODY, ...change },
  });
  expect(status).toBe(201);
  return { id: idOf(body), secret: (body as { secret: string }).secret };
}

/** A subscription whose events really go to the receiver; the API itself refuses such an address. */
async function subscribeReceiver(): Promise<{ id: string; secret: string }> {
  const made = await subscribe();
  await api.store.eventSubscriptions.update(made.id, { url: receiver.url });
  return made;
}

/** What the worker does when it is woken. */
async function sendDue(subscriptionId: string): Promise<void> {
  const log = createLogger({ level: 'silent', process: 'test' });
  const clock = { now: () => api.clock.time };
  await sendDueEvents({ store: api.store, sender, clock, log }, { subscriptionId });
}

async function sendTest(id: string): Promise<{ eventId: string; received: Received }> {
  const { status, body } = await api.call(testEventSubscription, { params: { id } });
  expect(status).toBe(202);
  const { eventId } = body as { eventId: string };
  await sendDue(id);
  return { eventId, received: await receiver.until((one) => one.id === eventId) };
}

async function deliveryOf(id: string, eventId: string): Promise<unknown> {
  return (await api.call(getEventDelivery, { params: { id, eventId } })).body;
}

describe('a subscription', () => {
  it('is made with a secret that is shown once and kept sealed', async () => {
    const { id, secret } = await subscribe();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const read = await api.call(getEventSubscription, { params: { id } });
    expect(read.body).toMatchObject({
      ...BODY,
      id,
      enabled: true,
      disabledBecause: null,
      formerSecretsUntil: null,
      createdBy: { type: 'api_key', id: api.keyIds.admin },
    });
    const listed = await api.call(listEventSubscriptions);
    expect(listed.text).toContain(id);
    const connection = await createConnection(api.databaseUri).asPromise();
    const stored = await connection.collection('eventSubscriptions').find().toArray();
    await connection.close();
    for (const text of [read.text, listed.text, api.logs(), JSON.stringify(stored)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(secret.slice('whsec_'.length));
    }
  });

  it('is made once for one Idempotency-Key', async () => {
    const options = { body: BODY, headers: { 'Idempotency-Key': 'subscribe-1' } };
    const first = await api.call(createEventSubscription, options);
    const again = await api.call(createEventSubscription, options);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it('asked for twice at once with one Idempotency-Key answers the secret that signs', async () => {
    const options = { body: BODY, headers: { 'Idempotency-Key': 'subscribe-2' } };
    const answers = await Promise.all([
      api.call(createEventSubscription, options),
      api.call(createEventSubscription, options),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201]);
    const [one, other] = answers.map(({ body }) => body as { id: string; secret: string });
    expect(other).toEqual(one);
    // The first is not finished yet, as far as the record says, when the second stores it again.
    const id = one?.id ?? '';
    const again = await api.store.eventSubscriptions.insert({
      ...BODY,
      types: [...BODY.types],
      id,
      enabled: true,
      createdBy: { type: 'system', id: 'test' },
      secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}`,
    });
    expect(again.secret).toBe(one?.secret);
    expect(await api.store.eventSubscriptions.signingSecrets(id)).toEqual([one?.secret]);
  });

  it.each([
    ['http://hooks.example.com/', 'must begin with https://.'],
    ['https://127.0.0.1/', 'must be on the public internet.'],
    ['https://[::1]/', 'must be on the public internet.'],
    ['https://localhost:8443/', 'must be on the public internet.'],
    ['nonsense', 'must be an address such as https://example.com/hooks.'],
  ])('cannot lead to %s', async (url, message) => {
    const { id } = await subscribe();
    const answers = [
      await api.call(createEventSubscription, { body: { ...BODY, url } }),
      await api.call(patchEventSubscription, { params: { id }, body: { url } }),
    ];
    for (const response of answers) {
      expectProblem(response, 'request_invalid', 'body.url');
      expect(response.text).toContain(message);
    }
  });

  it.each([
    [{ types: [] }, 'body.types'],
    [{ types: ['grant.made'] }, 'body.types.0'],
    [{ types: ['subscription.test'] }, 'body.types.0'],
    [{ description: '' }, 'body.description'],
    [{ secret: 'whsec_mine' }, 'body.secret'],
  ])('does not take %j', async (change, path) => {
    const response = await api.call(createEventSubscription, { body: { ...BODY, ...change } });
    expectProblem(response, 'request_invalid', path);
  });

  it('is changed field by field, and deleted with its deliveries', async () => {
    const { id } = await subscribe();
    const changed = await api.call(patchEventSubscription, {
      params: { id },
      body: { types: ['door.unlock', 'door.unlock'], description: null },
    });
    expect(changed.body).toMatchObject({
      url: BODY.url,
      types: ['door.unlock'],
      description: null,
    });
    expectProblem(
      await api.call(patchEventSubscription, { params: { id }, body: {} }),
      'request_invalid',
      'body',
    );
    await api.call(testEventSubscription, { params: { id } });
    expect((await api.call(deleteEventSubscription, { params: { id } })).status).toBe(204);
    expectProblem(
      await api.call(getEventSubscription, { params: { id } }),
      'event_subscription_not_found',
    );
    expect(await api.store.eventDeliveries.nextTryAt(id)).toBeNull();
  });

  it('is refused when there are too many', async () => {
    const own = await startApi();
    for (let made = 0; made < MOST_EVENT_SUBSCRIPTIONS; made += 1) {
      expect((await own.call(createEventSubscription, { body: BODY })).status).toBe(201);
    }
    expectProblem(
      await own.call(createEventSubscription, { body: BODY }),
      'event_subscriptions_full',
    );
    await own.close();
  });
});

describe('a rotation of the secret', () => {
  const rotate = async (id: string, body: object, key?: string): Promise<ApiResponse> =>
    api.call(rotateEventSecret, {
      params: { id },
      body,
      ...(key !== undefined && { headers: { 'Idempotency-Key': key } }),
    });
  const secretOf = ({ body }: ApiResponse): string => (body as { secret: string }).secret;

  it('has both secrets sign during the overlap, and the new one alone after it', async () => {
    const { id, secret: first } = await subscribeReceiver();
    const rotated = await rotate(id, { overlapMinutes: 2 });
    const second = secretOf(rotated);
    expect(rotated.body).toMatchObject({
      formerSecretsUntil: new Date(api.clock.time + 2 * MINUTE).toISOString(),
    });
    const during = (await sendTest(id)).received;
    expect([first, second].map((secret) => isSignedBy(secret, during))).toEqual([true, true]);

    api.clock.time += 2 * MINUTE;
    const after = (await sendTest(id)).received;
    expect([first, second].map((secret) => isSignedBy(secret, after))).toEqual([false, true]);
    const read = await api.call(getEventSubscription, { params: { id } });
    expect(read.body).toMatchObject({ formerSecretsUntil: null });
  });

  it('without an overlap ends the former secrets at once', async () => {
    const { id, secret: first } = await subscribeReceiver();
    const second = secretOf(await rotate(id, {}));
    const third = secretOf(await rotate(id, { overlapMinutes: 0 }));
    const { received } = await sendTest(id);
    // The one before is what leaked; the first still has the day that it was given.
    expect([first, second, third].map((secret) => isSignedBy(secret, received))).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('that comes twice, the first unanswered, makes one secret and keeps the known one', async () => {
    const { id, secret: known } = await subscribeReceiver();
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const rotation = { token: 'one', secret, formerUntil: api.clock.time + MINUTE };
    const first = await api.store.eventSubscriptions.rotate(id, rotation);
    const again = { ...rotation, secret: `whsec_${Buffer.alloc(32, 8).toString('base64')}` };
    expect(await api.store.eventSubscriptions.rotate(id, again)).toEqual(first);
    expect(first?.secret).toBe(secret);
    const { received } = await sendTest(id);
    expect([known, secret].map((one) => isSignedBy(one, received))).toEqual([true, true]);
    expect(received.headers['webhook-signature']?.split(' ')).toHaveLength(2);
  });

  it('asked for twice at once with one Idempotency-Key answers the secret that signs', async () => {
    const { id, secret: known } = await subscribeReceiver();
    const answers = await Promise.all([rotate(id, {}, 'rotate-2'), rotate(id, {}, 'rotate-2')]);
    const [one = '', other = ''] = answers.map(secretOf);
    expect(other).toBe(one);
    const { received } = await sendTest(id);
    expect([known, one].map((secret) => isSignedBy(secret, received))).toEqual([true, true]);
  });

  it('happens once for one Idempotency-Key', async () => {
    const { id } = await subscribe();
    const first = await rotate(id, {}, 'rotate-1');
    expect(secretOf(await rotate(id, {}, 'rotate-1'))).toBe(secretOf(first));
    const wrong = await rotate(id, { overlapMinutes: -1 });
    expectProblem(wrong, 'request_invalid', 'body.overlapMinutes');
  });
});

describe('deliveries', () => {
  it('of a test event arrive signed and show the answer', async () => {
    const { id, secret } = await subscribeReceiver();
    const { eventId, received } = await sendTest(id);
    expect(api.deliveries).toEqual([id]);
    expect(isSignedBy(secret, received)).toBe(true);
    expect(received.event).toMatchObject({
      type: 'subscription.test',
      data: { subscriptionId: id },
    });
    expect(await deliveryOf(id, eventId)).toMatchObject({
      status: 'delivered',
      attempts: 1,
      nextTryAt: null,
      lastAttempt: { status: 204, error: null },
      payload: received.event,
    });
  });

  it('are listed latest first and filtered', async () => {
    const { id } = await subscribeReceiver();
    const begun = api.clock.time;
    const first = await sendTest(id);
    api.clock.time += MINUTE;
    receiver.answers = [503];
    const second = await sendTest(id);
    const list = async (query: Record<string, string>): Promise<string[]> => {
      const { body } = await api.call(listEventDeliveries, { params: { id }, query });
      return (body as { data: { eventId: string }[] }).data.map(({ eventId }) => eventId);
    };
    expect(await list({})).toEqual([second.eventId, first.eventId]);
    expect(await list({ status: 'delivered' })).toEqual([first.eventId]);
    expect(await list({ status: 'pending' })).toEqual([second.eventId]);
    expect(await list({ type: 'door.unlock' })).toEqual([]);
    expect(await list({ from: new Date(begun + MINUTE).toISOString() })).toEqual([second.eventId]);
    expect(await list({ to: new Date(begun + MINUTE).toISOString() })).toEqual([first.eventId]);
    const wrong = await api.call(listEventDeliveries, {
      params: { id },
      query: { status: 'lost' },
    });
    expectProblem(wrong, 'request_invalid', 'query.status');
  });

  it('that fail are tried later, and given up after a day', async () => {
    const { id } = await subscribeReceiver();
    receiver.answers = [500];
    const { eventId } = await sendTest(id);
    expect(await deliveryOf(id, eventId)).toMatchObject({
      status: 'pending',
      attempts: 1,
      lastAttempt: { status: 500 },
    });
    await sendDue(id);
    expect(receiver.received).toHaveLength(1);

    api.clock.time += 24 * 60 * MINUTE;
    receiver.answers = [500];
    await sendDue(id);
    expect(await deliveryOf(id, eventId)).toMatchObject({
      status: 'failed',
      attempts: 2,
      nextTryAt: null,
    });
    api.clock.time -= 24 * 60 * MINUTE;
  });

  it('are replayed under the same id, one or all since an instant', async () => {
    const { id } = await subscribeReceiver();
    const since = new Date(api.clock.time).toISOString();
    const { eventId } = await sendTest(id);
    const other = await sendTest(id);
    const replayed = await api.call(replayEventDelivery, { params: { id, eventId } });
    expect(replayed.status).toBe(202);
    expect(replayed.body).toMatchObject({ eventId, status: 'pending', attempts: 0 });
    await sendDue(id);
    expect(receiver.received.map((one) => one.id)).toEqual([eventId, other.eventId, eventId]);

    const replayAll = async (body: object): Promise<unknown> =>
      (await api.call(replayEvents, { params: { id }, body })).body;
    expect(await replayAll({ since, statuses: ['failed'] })).toEqual({ replayed: 0 });
    const later = new Date(api.clock.time + MINUTE).toISOString();
    expect(await replayAll({ since: later })).toEqual({ replayed: 0 });
    expect(await replayAll({ since })).toEqual({ replayed: 2 });
    await sendDue(id);
    const again = receiver.received.slice(3).map((one) => one.id);
    expect(again.sort()).toEqual([eventId, other.eventId].sort());
  });

  it('of a disabled subscription are skipped, and not replayed before it is enabled', async () => {
    const { id } = await subscribeReceiver();
    const { body } = await api.call(testEventSubscription, { params: { id } });
    const { eventId } = body as { eventId: string };
    await api.call(patchEventSubscription, { params: { id }, body: { enabled: false } });
    await sendDue(id);
    expect(receiver.received).toEqual([]);
    expect(await deliveryOf(id, eventId)).toMatchObject({ status: 'skipped', nextTryAt: null });
    const since = '2026-11-24T00:00:00Z';
    for (const response of [
      await api.call(testEventSubscription, { params: { id } }),
      await api.call(replayEventDelivery, { params: { id, eventId } }),
      await api.call(replayEvents, { params: { id }, body: { since } }),
    ]) {
      expectProblem(response, 'event_subscription_disabled');
    }
    await api.call(patchEventSubscription, { params: { id }, body: { enabled: true } });
    await api.call(replayEvents, { params: { id }, body: { since, statuses: ['skipped'] } });
    await sendDue(id);
    expect(receiver.received.map((one) => one.id)).toEqual([eventId]);
  });

  it('that do not exist are not found, nor are those of another subscription', async () => {
    const { id } = await subscribeReceiver();
    const { id: other } = await subscribe();
    const { eventId } = await sendTest(id);
    for (const spec of [getEventDelivery, replayEventDelivery] as const) {
      for (const params of [
        { id, eventId: 'evt_absent' },
        { id: other, eventId },
      ]) {
        expectProblem(await api.call(spec, { params }), 'event_delivery_not_found');
      }
    }
  });

  it('of a receiver that answers 410 end with it', async () => {
    const { id } = await subscribeReceiver();
    await api.call(testEventSubscription, { params: { id } });
    receiver.answers = [410];
    await sendDue(id);
    const read = await api.call(getEventSubscription, { params: { id } });
    expect(read.body).toMatchObject({ enabled: false, disabledBecause: 'gone' });
    const back = await api.call(patchEventSubscription, {
      params: { id },
      body: { enabled: true },
    });
    expect(back.body).toMatchObject({ enabled: true, disabledBecause: null });
  });
});
