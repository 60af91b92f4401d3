import {
  createApiKey,
  deleteApiKey,
  getApiKey,
  listApiKeys,
  patchApiKey,
} from '../../api/api-keys/schema';
import { listLocations } from '../../api/locations/schema';
import { expectProblem, startApi, type ApiUnderTest } from './api-under-test';
import { idOf } from './fixtures';
import { rawDocuments } from './raw-documents';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

describe('POST /v1/api-keys', () => {
  it('makes a key that opens what its scopes say', async () => {
    const { status, body, headers } = await api.call(createApiKey, {
      body: { name: 'Desk', scopes: ['operator', 'operator'] },
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({
      name: 'Desk',
      scopes: ['operator'],
      createdBy: { type: 'api_key', id: api.keyIds.admin },
      revokedAt: null,
    });
    expect(headers['location']).toBe(`/v1/api-keys/${idOf(body)}`);
    const { secret } = body as { secret: string };
    expect((await api.call(listLocations, { key: secret })).status).toBe(200);
    const refused = await api.call(createApiKey, {
      key: secret,
      body: { name: 'x', scopes: ['admin'] },
    });
    expectProblem(refused, 'scope_missing');
  });

  it('shows the secret once: neither reading nor the log has it', async () => {
    const { body } = await api.call(createApiKey, { body: { name: 'Once', scopes: ['booking'] } });
    const { secret, ...rest } = body as { secret: string };
    const read = await api.call(getApiKey, { params: { id: idOf(body) } });
    expect(read.body).toEqual(rest);
    const listed = await api.call(listApiKeys);
    expect(listed.text).toContain(idOf(body));
    expect(listed.text).not.toContain(secret);
    expect(api.logs()).not.toContain(secret);
  });

  it('answers a repetition with the same key, whose secret is not kept in the clear', async () => {
    const options = {
      body: { name: 'Repeated', scopes: ['booking'] },
      headers: { 'Idempotency-Key': 'make-a-key-1' },
    };
    const first = await api.call(createApiKey, options);
    const again = await api.call(createApiKey, options);
    expect(again.status).toBe(201);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    const { secret } = first.body as { secret: string };
    const kept = await api.store.idempotency.begin(
      { keyId: api.keyIds.admin, route: 'POST /v1/api-keys', idempotencyKey: 'make-a-key-1' },
      { requestHash: 'another', resourceId: 'x' },
    );
    expect(kept.state).toBe('mismatch');
    expect(JSON.stringify(await rawDocuments(api, 'idempotency'))).not.toContain(secret);
  });

  it.each([
    ['nothing', {}, ['body.name', 'body.scopes']],
    ['no scope', { name: 'x', scopes: [] }, ['body.scopes']],
    ['an unknown scope', { name: 'x', scopes: ['root'] }, ['body.scopes.0']],
  ])('refuses %s', async (_what, body, paths) => {
    expectProblem(await api.call(createApiKey, { body }), 'request_invalid', ...paths);
  });
});

describe('PATCH /v1/api-keys/:id', () => {
  it('changes name and scopes, from the next request on, and leaves the secret', async () => {
    const { body } = await api.call(createApiKey, { body: { name: 'Desk', scopes: ['operator'] } });
    const params = { id: idOf(body) };
    const { secret: key } = body as { secret: string };
    const renamed = await api.call(patchApiKey, { params, body: { name: 'Front desk' } });
    expect(renamed.body).toMatchObject({ name: 'Front desk', scopes: ['operator'] });
    const patch = { name: 'Taken over' };
    expectProblem(await api.call(patchApiKey, { params, key, body: patch }), 'scope_missing');

    const scopes = ['booking', 'admin', 'admin'];
    const raised = await api.call(patchApiKey, { params, body: { scopes } });
    expect(raised.body).toMatchObject({ name: 'Front desk', scopes: ['booking', 'admin'] });
    const own = await api.call(patchApiKey, { params, key, body: { scopes: ['booking'] } });
    expect(own.body).toMatchObject({ scopes: ['booking'] });
    expect((await api.call(getApiKey, { params })).body).toEqual(own.body);
    expectProblem(await api.call(patchApiKey, { params, key, body: patch }), 'scope_missing');
  });

  it('leaves the last admin key its scope, and takes it from any other', async () => {
    const params = { id: api.keyIds.admin };
    const body = { name: 'Chief', scopes: ['operator'] };
    expectProblem(await api.call(patchApiKey, { params, body }), 'last_admin_key');
    const read = await api.call(getApiKey, { params });
    expect(read.body).toMatchObject({ name: 'admin', scopes: ['admin'] });
    const kept = await api.call(patchApiKey, { params, body: { scopes: ['admin', 'booking'] } });
    expect(kept.status).toBe(200);

    const second = await api.call(createApiKey, { body: { name: '2nd', scopes: ['admin'] } });
    const { secret: key } = second.body as { secret: string };
    expect((await api.call(patchApiKey, { params, key, body })).status).toBe(200);
    const back = await api.call(patchApiKey, { params, key, body: { scopes: ['admin'] } });
    expect(back.body).toMatchObject({ name: 'Chief', scopes: ['admin'] });
    await api.call(deleteApiKey, { params: { id: idOf(second.body) } });
  });

  it('refuses an empty change, unknown scopes, a deleted key and an unknown one', async () => {
    const { body } = await api.call(createApiKey, { body: { name: 'Gone', scopes: ['booking'] } });
    const params = { id: idOf(body) };
    const patch = (change: object, of = params): ReturnType<ApiUnderTest['call']> =>
      api.call(patchApiKey, { params: of, body: change });
    expectProblem(await patch({}), 'request_invalid', 'body');
    const wrong = await patch({ name: ' ', scopes: ['root'] });
    expectProblem(wrong, 'request_invalid', 'body.name', 'body.scopes.0');
    await api.call(deleteApiKey, { params });
    expectProblem(await patch({ name: 'Back' }), 'api_key_deleted');
    expectProblem(await patch({ name: 'x' }, { id: 'key_no' }), 'api_key_not_found');
  });
});

describe('DELETE /v1/api-keys/:id', () => {
  it('shuts the key out at once, keeps its record, and may be repeated', async () => {
    const { body } = await api.call(createApiKey, { body: { name: 'Gone', scopes: ['admin'] } });
    const params = { id: idOf(body) };
    const { secret } = body as { secret: string };
    expect((await api.call(deleteApiKey, { params })).status).toBe(204);
    expectProblem(await api.call(listLocations, { key: secret }), 'unauthenticated');
    expect((await api.call(deleteApiKey, { params })).status).toBe(204);
    const read = await api.call(getApiKey, { params });
    expect((read.body as { revokedAt: string | null }).revokedAt).not.toBeNull();
  });

  it('refuses the last admin key', async () => {
    const params = { id: api.keyIds.admin };
    expectProblem(await api.call(deleteApiKey, { params }), 'last_admin_key');
    expect((await api.call(listApiKeys)).status).toBe(200);
  });

  it('says when there is no such key', async () => {
    for (const spec of [deleteApiKey, getApiKey]) {
      expectProblem(await api.call(spec, { params: { id: 'key_no' } }), 'api_key_not_found');
    }
  });
});
