import request from 'supertest';
import { OPERATIONS } from '../../api/operations';
import type { OperationSpec } from '../../api/http/operation';
import { API_KEY_SCOPES } from '../../src/store';
import { expectProblem, startApi, type ApiUnderTest, type CallOptions } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

function sendTo(method: OperationSpec['method'], path: string): request.Test {
  return request(api.app)[method](path.replace(/:\w+/g, 'unknown_1'));
}

/** The query that a route cannot do without. */
function queryOf({ id }: OperationSpec): Pick<CallOptions, 'query'> {
  if (id === 'listKisiResources') return { query: { type: 'lock' } };
  return ['deleteBooking', 'deleteMembership'].includes(id) ? { query: { version: '1' } } : {};
}

/** A request that is valid in form; what it names does not exist. */
function wellFormed(spec: OperationSpec): CallOptions {
  return {
    params: { id: 'unknown_1', doorMappingId: 'unknown_1' },
    ...queryOf(spec),
    ...(spec.body ? { body: spec.bodyExample } : {}),
  };
}

const named = (specs: readonly OperationSpec[]): [string, OperationSpec][] =>
  specs.map((spec) => [`${spec.method.toUpperCase()} ${spec.path}`, spec]);

const guarded = OPERATIONS.filter(({ scopes }) => scopes !== null);
const withBody = guarded.filter(({ body }) => body !== undefined);
const withId = guarded.filter(({ path }) => path.includes('/:id'));
/** These make the record of an id that nobody knows yet. */
const makesRecord = ({ method, id }: OperationSpec): boolean =>
  method === 'put' || ['deleteBooking', 'deleteMembership'].includes(id);

describe.each(named(guarded))('%s', (_name, spec) => {
  it('refuses a request without a key, and one with a wrong key', async () => {
    for (const key of [null, 'lk_wrong']) {
      const response = await api.call(spec, { ...wellFormed(spec), key });
      expectProblem(response, 'unauthenticated');
      expect(response.headers['www-authenticate']).toContain('Bearer');
    }
  });

  it('opens to its scopes and to no other', async () => {
    for (const scope of API_KEY_SCOPES) {
      const response = await api.call(spec, { ...wellFormed(spec), key: api.keys[scope] });
      if (spec.scopes?.includes(scope)) expect([401, 403]).not.toContain(response.status);
      else expectProblem(response, 'scope_missing');
    }
  });

  it('refuses a query that it does not know', async () => {
    if (spec.query === undefined) return;
    const { query, ...rest } = wellFormed(spec);
    const response = await api.call(spec, { ...rest, query: { ...query, colour: 'red' } });
    expectProblem(response, 'request_invalid', 'query.colour');
  });
});

describe.each(named(guarded.filter(({ method }) => method === 'post')))('%s', (_name, spec) => {
  it('takes an Idempotency-Key', async () => {
    expect(spec.idempotent).toBe(true);
    const headers = { 'Idempotency-Key': 'not one word' };
    const response = await api.call(spec, { ...wellFormed(spec), headers });
    expectProblem(response, 'request_invalid', 'headers.Idempotency-Key');
  });
});

describe.each(named(withBody))('the body of %s', (_name, spec) => {
  const send = (): request.Test =>
    sendTo(spec.method, spec.path).set('Authorization', `Bearer ${api.keys.admin}`);

  it('must be JSON', async () => {
    const response = await send().set('Content-Type', 'application/json').send('{"name": ');
    expectProblem(response, 'malformed_json');
  });

  it('must say that it is JSON', async () => {
    expectProblem(
      await send().set('Content-Type', 'text/plain').send('name=x'),
      'media_type_unsupported',
    );
  });

  it('must not be large', async () => {
    const length = spec.id === 'createImport' ? 11_000_000 : 70_000;
    expectProblem(await send().send({ name: 'x'.repeat(length) }), 'body_too_large');
  });

  it('must be an object', async () => {
    expectProblem(await send().send([1]), 'request_invalid', 'body');
  });
});

describe.each(named(withId.filter((spec) => !makesRecord(spec))))(
  '%s of an unknown id',
  (_name, spec) => {
    it('answers 404', async () => {
      const params = { id: 'absent_1', doorMappingId: 'absent_1' };
      const response = await api.call(spec, { ...wellFormed(spec), params });
      expect(response.status).toBe(404);
    });
  },
);

it.each([...new Set(OPERATIONS.map(({ path }) => path))])(
  '%s refuses other methods and names its own',
  async (path) => {
    const own = OPERATIONS.filter((spec) => spec.path === path).map(({ method }) => method);
    const other = (['put', 'delete', 'post'] as const).find((method) => !own.includes(method));
    if (other === undefined) throw new Error('a path with every method needs another way to test');
    const response = await sendTo(other, path).set('Authorization', `Bearer ${api.keys.admin}`);
    expectProblem(response, 'method_not_allowed');
    for (const method of own) expect(response.headers['allow']).toContain(method.toUpperCase());
  },
);
