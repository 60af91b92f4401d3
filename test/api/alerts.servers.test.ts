import { createConnection } from 'mongoose';
import {
  createAlertChannel,
  deleteAlertChannel,
  getAlertChannel,
  listAlertChannels,
  patchAlertChannel,
  testAlertChannel,
} from '../../api/alert-channels/schema';
import { listAlerts } from '../../api/alerts/schema';
import type { AlertFact } from '../../src/domain/alerts';
import { judgeAlerts, type Alert } from '../../src/domain/alerts';
import { MOST_ALERT_CHANNELS } from '../../src/store';
import { expectProblem, startApi, type ApiUnderTest } from './api-under-test';
import { idOf } from './fixtures';

const MINUTE = 60_000;
const SECRET_PATH = 'T0000/B0000/secretsecretWq2x';
const WEBHOOK = {
  ...createAlertChannel.bodyExample,
  url: `https://hooks.example.com/${SECRET_PATH}`,
};
const EMAIL = { kind: 'email', name: 'Desk', to: 'desk@example.com' };

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterEach(() => {
  api.notices.sent.length = 0;
  api.notices.outcome = { is: 'sent' };
  api.notices.canMail = true;
});
afterAll(() => api.close());

async function add(body: object): Promise<string> {
  const response = await api.call(createAlertChannel, { body });
  expect(response.status).toBe(201);
  expect(response.headers['location']).toBe(`/v1/alert-channels/${idOf(response.body)}`);
  return idOf(response.body);
}

describe('a channel', () => {
  it('of a webhook shows its address masked, keeps it sealed, and sends to the whole', async () => {
    const id = await add(WEBHOOK);
    const read = await api.call(getAlertChannel, { params: { id } });
    expect(read.body).toMatchObject({
      id,
      kind: 'webhook',
      name: WEBHOOK.name,
      to: null,
      urlHint: 'hooks.example.com/…Wq2x',
      format: 'slack',
      enabled: true,
      createdBy: { type: 'api_key', id: api.keyIds.admin },
    });
    const listed = await api.call(listAlertChannels);
    expect(listed.text).toContain(id);
    const tested = await api.call(testAlertChannel, { params: { id } });
    expect(tested.body).toEqual({ outcome: 'sent', detail: null });
    expect(api.notices.sent.map(({ target }) => target)).toEqual([
      { kind: 'webhook', url: WEBHOOK.url, format: 'slack' },
    ]);
    const connection = await createConnection(api.databaseUri).asPromise();
    const names = ['alertChannels', 'idempotency'];
    const stored = await Promise.all(
      names.map((name) => connection.collection(name).find().toArray()),
    );
    await connection.close();
    for (const text of [read.text, listed.text, tested.text, api.logs(), JSON.stringify(stored)]) {
      expect(text).not.toContain('secretsecret');
    }
  });

  it('of an e-mail address needs a mail server', async () => {
    const id = await add(EMAIL);
    expect((await api.call(getAlertChannel, { params: { id } })).body).toMatchObject({
      kind: 'email',
      to: EMAIL.to,
      urlHint: null,
      format: null,
    });
    api.notices.canMail = false;
    expectProblem(await api.call(createAlertChannel, { body: EMAIL }), 'mail_not_set_up');
  });

  it('is made once for one Idempotency-Key', async () => {
    const options = { body: WEBHOOK, headers: { 'Idempotency-Key': 'channel-1' } };
    const first = await api.call(createAlertChannel, options);
    const again = await api.call(createAlertChannel, options);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
  });

  it('is tested at once, also when it is disabled, and tells why it failed', async () => {
    const id = await add({ ...EMAIL, enabled: false });
    api.notices.outcome = { is: 'refused', detail: 'The mail server answered 550.' };
    const headers = { 'Idempotency-Key': 'test-1' };
    const tested = await api.call(testAlertChannel, { params: { id }, headers });
    expect(tested.body).toEqual({ outcome: 'refused', detail: 'The mail server answered 550.' });
    await api.call(testAlertChannel, { params: { id }, headers });
    expect(api.notices.sent).toHaveLength(1);
    expect(api.notices.sent[0]?.notice).toMatchObject({ subject: 'A test of this channel' });
  });

  it('that is disabled is owed nothing, and one that is deleted is gone', async () => {
    const id = await add(EMAIL);
    await owe(id, 'notice-1');
    const changed = await api.call(patchAlertChannel, {
      params: { id },
      body: { enabled: false, name: 'Night desk' },
    });
    expect(changed.body).toMatchObject({ enabled: false, name: 'Night desk', to: EMAIL.to });
    expect(await api.store.notices.of(['notice-1'])).toMatchObject([{ status: 'skipped' }]);
    expect((await api.call(deleteAlertChannel, { params: { id } })).status).toBe(204);
    expect(await api.store.notices.of(['notice-1'])).toEqual([]);
    for (const spec of [getAlertChannel, deleteAlertChannel, testAlertChannel]) {
      expectProblem(await api.call(spec, { params: { id } }), 'alert_channel_not_found');
    }
  });

  it.each([
    [{ ...WEBHOOK, url: 'http://hooks.example.com/' }, 'body.url'],
    [{ ...WEBHOOK, url: 'https://169.254.169.254/latest' }, 'body.url'],
    [{ ...WEBHOOK, format: 'irc' }, 'body.format'],
    [{ ...WEBHOOK, to: 'desk@example.com' }, 'body.to'],
    [{ ...WEBHOOK, name: ' ' }, 'body.name'],
    [{ ...EMAIL, to: 'desk' }, 'body.to'],
    [{ ...EMAIL, to: 'a@example.com, b@example.com' }, 'body.to'],
    [{ ...EMAIL, kind: 'pigeon' }, 'body.kind'],
  ])('does not take %j', async (body, path) => {
    expectProblem(await api.call(createAlertChannel, { body }), 'request_invalid', path);
  });

  it('cannot be changed to nothing, nor to another place', async () => {
    const id = await add(EMAIL);
    const patch = (body: object) => api.call(patchAlertChannel, { params: { id }, body });
    expectProblem(await patch({}), 'request_invalid', 'body');
    expectProblem(
      await patch({ name: 'Desk', to: 'other@example.com' }),
      'request_invalid',
      'body.to',
    );
  });

  it('is refused when there are too many', async () => {
    const own = await startApi();
    for (let made = 0; made < MOST_ALERT_CHANNELS; made += 1) {
      expect((await own.call(createAlertChannel, { body: EMAIL })).status).toBe(201);
    }
    expectProblem(await own.call(createAlertChannel, { body: EMAIL }), 'alert_channels_full');
    await own.close();
  });
});

describe('GET /v1/alerts', () => {
  const fact = (key: string, change: Partial<AlertFact> = {}): AlertFact => ({
    key,
    kind: 'kisi_down',
    integrationId: 'int_1',
    grantId: null,
    since: api.clock.time - 5 * MINUTE,
    what: 'Kisi does not answer.',
    nextStep: 'Wait.',
    ...change,
  });

  async function list(query: Record<string, string>): Promise<Record<string, unknown>[]> {
    const key = api.keys.operator;
    const { status, body } = await api.call(listAlerts, { query, key });
    expect(status).toBe(200);
    return (body as { data: Record<string, unknown>[] }).data;
  }
  const idsOf = (alerts: Record<string, unknown>[]): unknown[] => alerts.map(({ id }) => id);

  it('shows what is open and what is over, with the next step and what was sent of it', async () => {
    const channelId = await add(EMAIL);
    const down = fact('down');
    const key = fact('key', { kind: 'bad_key', integrationId: 'int_2' });
    const served = new Set(['int_1', 'int_2']);
    const made = judgeAlerts([down], [], served, api.clock.time);
    await api.store.alerts.apply(made);
    const noticeId = 'down#1:opened';
    await owe(channelId, noticeId);
    await api.store.alerts.markTold(noticeId);
    const at = api.clock.time;
    api.clock.time += MINUTE;
    const known = made.opened.map(({ alert }): Alert => alert);
    await api.store.alerts.apply(judgeAlerts([key], known, new Set(['int_2']), api.clock.time));

    const all = await list({});
    expect(idsOf(all)).toEqual(['key#1', 'down#1']);
    expect(all[1]).toEqual({
      id: 'down#1',
      kind: 'kisi_down',
      integrationId: 'int_1',
      grantId: null,
      since: new Date(at - 5 * MINUTE).toISOString(),
      openedAt: new Date(at).toISOString(),
      clearSince: null,
      closedAt: new Date(api.clock.time).toISOString(),
      what: 'Kisi does not answer.',
      nextStep: 'Wait.',
      notices: [
        {
          channelId,
          subject: 'Subject',
          status: 'owed',
          attempts: 0,
          error: null,
          nextTryAt: new Date(at).toISOString(),
          sentAt: null,
        },
      ],
    });
    expect(idsOf(await list({ open: 'true' }))).toEqual(['key#1']);
    expect(idsOf(await list({ open: 'false' }))).toEqual(['down#1']);
    expect(idsOf(await list({ kind: 'bad_key' }))).toEqual(['key#1']);
    expect(idsOf(await list({ integrationId: 'int_1' }))).toEqual(['down#1']);
    const { body } = await api.call(listAlerts, { query: { limit: '1' } });
    const { nextCursor } = body as { nextCursor: string };
    expect(idsOf(await list({ limit: '1', cursor: nextCursor }))).toEqual(['down#1']);
  });

  it.each([
    [{ open: 'perhaps' }, 'query.open'],
    [{ kind: 'fire' }, 'query.kind'],
    [{ cursor: 'nonsense' }, 'query.cursor'],
  ])('does not take %j', async (query, path) => {
    expectProblem(await api.call(listAlerts, { query }), 'request_invalid', path);
  });
});

/** Has a notice owed to a channel. */
async function owe(channelId: string, noticeId: string): Promise<void> {
  const message = { subject: 'Subject', text: 'Text.', inReplyTo: null };
  const createdAt = api.clock.time;
  await api.store.notices.record([{ noticeId, channelId, createdAt, ...message }]);
}
