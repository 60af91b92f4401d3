import { randomUUID } from 'node:crypto';
import request from 'supertest';
import { Webhook } from 'standardwebhooks';
import { putBooking } from '../../api/bookings/schema';
import { receiveEvent } from '../../api/events/schema';
import {
  expectDocumented,
  expectProblem,
  NOW,
  startApi,
  WEBHOOK_SECRETS,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';
import { furnish } from './fixtures';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await furnish(api);
  await api.store.plans.upsert({ id: 'pln_1', name: 'Resident' });
});
beforeEach(() => {
  api.clock.time = NOW;
  api.sources.mood = 'prompt';
});
afterAll(() => api.close());

const [OLD_SECRET = '', NEW_SECRET = ''] = WEBHOOK_SECRETS;

interface Delivery {
  id?: string;
  /** When it was signed; the library judges by the machine's clock. */
  at?: Date;
  secret?: string;
  signature?: string;
  /** Sent instead of what was signed. */
  tampered?: string;
  to?: ApiUnderTest;
}

/** Delivers the event as a platform does, signed over the very text. */
async function deliver(
  event: unknown,
  { id = `msg_${randomUUID()}`, at = new Date(), secret = NEW_SECRET, ...more }: Delivery = {},
): Promise<ApiResponse> {
  const text = typeof event === 'string' ? event : JSON.stringify(event, null, 1);
  const response = await request((more.to ?? api).app)
    .post(receiveEvent.path)
    .set({
      'Content-Type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': more.signature ?? new Webhook(secret).sign(id, at, text),
    })
    .send(more.tampered ?? text);
  expectDocumented(receiveEvent, response);
  return response;
}

const booking = {
  id: 'bkg_1',
  version: 10,
  memberIds: ['mem_1'],
  spaceId: 'spc_1',
  startsAt: '2026-11-24T11:00:00Z',
  endsAt: '2026-11-24T12:00:00Z',
  status: 'confirmed',
};
const membership = {
  id: 'mbs_1',
  version: 10,
  memberIds: ['mem_1'],
  planId: 'pln_1',
  locationId: 'loc_1',
  startsAt: '2026-11-24T11:00:00Z',
  endsAt: null,
  status: 'active',
};
const changed = (data: object = {}, type = 'booking.changed'): object => ({
  type,
  timestamp: '2026-11-24T10:00:00Z',
  data: { ...booking, ...data },
});

const ACCEPTED = { accepted: true, ignored: null };

describe('an event of the booking platform', () => {
  it('goes the way of the PUT with the same body, and of the DELETE', async () => {
    const taken = await deliver(changed());
    expect([taken.status, taken.body]).toEqual([200, ACCEPTED]);
    const { id, ...body } = booking;
    const sent = api.sources.sent.at(-1);
    await api.call(putBooking, { params: { id: 'bkg_put' }, body });
    expect(api.sources.sent.at(-1)?.message).toEqual(sent?.message);
    expect(sent?.source).toEqual({ kind: 'booking', id });
    expect(await api.store.bookings.get(id)).toMatchObject({ version: 10, appliedVersion: 10 });

    const deletion = { type: 'booking.deleted', data: { id, version: 11 } };
    expect((await deliver(deletion)).body).toEqual(ACCEPTED);
    expect(await api.store.bookings.get(id)).toMatchObject({ version: 11, content: null });
  });

  it('tells of memberships and members too', async () => {
    const member = { id: 'mem_9', email: 'nine@example.com', name: 'Nine' };
    expect((await deliver({ type: 'member.changed', data: member })).body).toEqual(ACCEPTED);
    expect(await api.store.members.get('mem_9')).toMatchObject(member);
    const held = { type: 'membership.changed', data: { ...membership, memberIds: ['mem_9'] } };
    expect((await deliver(held)).body).toEqual(ACCEPTED);
    expect(await api.store.memberships.get('mbs_1')).toMatchObject({ appliedVersion: 10 });
    const gone = { type: 'membership.deleted', data: { id: 'mbs_1', version: 12 } };
    expect((await deliver(gone)).body).toEqual(ACCEPTED);
    expect(await api.store.memberships.get('mbs_1')).toMatchObject({ version: 12, content: null });
  });

  it('is answered 200 and passed over when it is old or comes again', async () => {
    const event = changed({ id: 'bkg_2' });
    await deliver(event);
    const sent = api.sources.sent.length;
    const older = await deliver(changed({ id: 'bkg_2', version: 9 }));
    expect([older.status, older.body]).toEqual([
      200,
      { accepted: false, ignored: 'version_older' },
    ]);
    const again = await deliver(event);
    expect([again.status, again.body]).toEqual([200, { accepted: false, ignored: 'repetition' }]);
    expect(api.sources.sent).toHaveLength(sent);
    const other = await deliver(changed({ id: 'bkg_2', status: 'cancelled' }));
    expectProblem(other, 'version_reused');
  });

  it('of a member changes nothing when the same delivery comes again', async () => {
    const event = { type: 'member.changed', data: { id: 'mem_r', email: 'r1@example.com' } };
    await deliver(event, { id: 'msg_1' });
    await deliver({ ...event, data: { id: 'mem_r', email: 'r2@example.com' } }, { id: 'msg_2' });
    const again = await deliver(event, { id: 'msg_1' });
    expect(again.body).toEqual({ accepted: false, ignored: 'repetition' });
    expect(await api.store.members.get('mem_r')).toMatchObject({ email: 'r2@example.com' });
  });

  it('of an unknown type is passed over', async () => {
    const { status, body } = await deliver({ type: 'invoice.paid', data: {} });
    expect([status, body]).toEqual([200, { accepted: false, ignored: 'type_unknown' }]);
  });

  it('that names somebody unknown is refused until they were sent', async () => {
    const event = changed({ id: 'bkg_3', memberIds: ['mem_late'] });
    expectProblem(await deliver(event), 'member_unknown', 'body.data.memberIds');
    const member = { id: 'mem_late', email: 'late@example.com' };
    await deliver({ type: 'member.changed', data: member });
    expect((await deliver(event)).body).toEqual(ACCEPTED);
  });

  it('is refused 503 while Temporal is away, so that the platform sends it again', async () => {
    api.sources.mood = 'away';
    const event = changed({ id: 'bkg_4' });
    expectProblem(await deliver(event), 'temporal_unavailable');
    api.sources.mood = 'prompt';
    expect((await deliver(event)).body).toEqual(ACCEPTED);
  });

  it('that is malformed is refused with every fault', async () => {
    const faulty = changed({ id: 'a b', version: 'x', memberIds: [], endsAt: 'soon', colour: 1 });
    expectProblem(
      await deliver(faulty),
      'request_invalid',
      'body.data.id',
      'body.data.version',
      'body.data.memberIds',
      'body.data.endsAt',
      'body.data.colour',
    );
    const email = { type: 'member.changed', data: { id: 'mem_x', email: 'nobody' } };
    expectProblem(await deliver(email), 'request_invalid', 'body.data.email');
    expectProblem(await deliver({ data: booking }), 'request_invalid', 'body.type');
    expectProblem(await deliver('{"type": '), 'malformed_json');
    const taken = { type: 'member.changed', data: { id: 'mem_y', email: 'mem_1@example.com' } };
    expectProblem(await deliver(taken), 'email_taken');
  });
});

describe('the signature', () => {
  const event = changed({ id: 'bkg_signed' });

  it('is taken from the old and the new secret', async () => {
    for (const secret of [OLD_SECRET, NEW_SECRET]) {
      expect((await deliver(event, { secret })).status).toBe(200);
    }
  });

  it('must be of one of the secrets, over the body as it is sent', async () => {
    const secret = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
    expectProblem(await deliver(event, { secret }), 'webhook_signature_invalid');
    expectProblem(await deliver(event, { signature: 'v1,x' }), 'webhook_signature_invalid');
    const tampered = JSON.stringify(changed({ id: 'bkg_forged' }));
    expectProblem(await deliver(event, { tampered }), 'webhook_signature_invalid');
    expect(await api.store.bookings.get('bkg_forged')).toBeNull();
  });

  it('must not be older or newer than five minutes', async () => {
    for (const seconds of [-310, 310]) {
      const at = new Date(Date.now() + seconds * 1000);
      expectProblem(await deliver(event, { at }), 'webhook_timestamp_stale');
    }
  });

  it('must be there', async () => {
    const response = await request(api.app).post(receiveEvent.path).send(event);
    expectProblem(response, 'webhook_signature_invalid');
    expect((response.body as { detail: string }).detail).toContain('webhook-signature');
  });

  it('is not replaced by an API key', async () => {
    const response = await request(api.app)
      .post(receiveEvent.path)
      .set('Authorization', `Bearer ${api.keys.admin}`)
      .send(event);
    expectProblem(response, 'webhook_signature_invalid');
  });

  it('is refused more and more slowly when somebody guesses', async () => {
    const strict = await startApi({ refusedKeysPerMinute: 2 });
    try {
      const guess = (): Promise<ApiResponse> => deliver(event, { signature: 'v1,x', to: strict });
      await guess();
      await guess();
      expectProblem(await guess(), 'rate_limited');
    } finally {
      await strict.close();
    }
  });

  it('cannot be given where no secret is set up, and the answer says what to do', async () => {
    const bare = await startApi({}, { inboundWebhookSecrets: [] });
    try {
      const response = await deliver(event, { to: bare });
      expectProblem(response, 'webhook_not_set_up');
      expect(response.text).toContain('INBOUND_WEBHOOK_SECRETS');
    } finally {
      await bare.close();
    }
  });
});

it('refuses a body that is no JSON, or large', async () => {
  const post = (type: string, text: string): request.Test =>
    request(api.app).post(receiveEvent.path).set('Content-Type', type).send(text);
  expectProblem(await post('text/plain', 'x'), 'media_type_unsupported');
  const large = await post('application/json', JSON.stringify({ x: 'x'.repeat(70_000) }));
  expectProblem(large, 'body_too_large');
});
