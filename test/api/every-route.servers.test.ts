import request from 'supertest';
import { OPERATIONS } from '../../api/operations';
import type { OperationSpec } from '../../api/http/operation';
import { API_KEY_SCOPES } from '../../src/store';
import { expectProblem, startApi, type ApiUnderTest } from './api-under-test';
import { wellFormed } from './well-formed';

const MEMBER = 'mem_every';
let api: ApiUnderTest;
let token: string;
beforeAll(async () => {
  api = await startApi();
  await api.store.members.upsert({ id: MEMBER, email: 'every@example.com', name: null });
  token = await api.tokenOf(MEMBER);
});
afterAll(() => api.close());

function sendTo(method: OperationSpec['method'], path: string): request.Test {
  return request(api.app)[method](path.replace(':lockId', '999').replace(/:\w+/g, 'unknown_1'));
}

const named = (specs: readonly OperationSpec[]): [string, OperationSpec][] =>
  specs.map((spec) => [`${spec.method.toUpperCase()} ${spec.path}`, spec]);

/** What opens a route: a key, or the token of a member where it is for members. */
const credentialOf = ({ scopes }: OperationSpec): string =>
  scopes === 'member' ? token : api.keys.admin;

const ofMembers = OPERATIONS.filter(({ scopes }) => scopes === 'member');
const ofKeys = OPERATIONS.filter(({ scopes }) => scopes !== null && scopes !== 'member');
const guarded = [...ofKeys, ...ofMembers];
const withBody = guarded.filter(({ body }) => body !== undefined);
const withId = guarded.filter(({ path }) => path.includes('/:id'));
/** These make the record of an id that nobody knows yet. */
const makesRecord = ({ method, id }: OperationSpec): boolean =>
  method === 'put' || ['deleteBooking', 'deleteMembership'].includes(id);

describe.each(named(ofKeys))('%s', (_name, spec) => {
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

  it('does not open to the token of a member', async () => {
    const response = await api.call(spec, { ...wellFormed(spec), key: token });
    expectProblem(response, 'api_key_needed');
  });

  it('refuses a query that it does not know', async () => {
    if (spec.query === undefined) return;
    const { query, ...rest } = wellFormed(spec);
    const response = await api.call(spec, { ...rest, query: { ...query, colour: 'red' } });
    expectProblem(response, 'request_invalid', 'query.colour');
  });
});

describe.each(named(ofMembers))('%s', (_name, spec) => {
  it('opens to the token of a member, and refuses what is none', async () => {
    const opened = await api.call(spec, { ...wellFormed(spec), key: token });
    expect(String((opened.body as { code?: string }).code)).not.toMatch(/^member_/);
    for (const key of [null, 'lk_wrong', `${token}x`, await api.tokenOf('mem_nobody')]) {
      const response = await api.call(spec, { ...wellFormed(spec), key });
      expectProblem(response, 'member_unauthenticated');
      expect(response.headers['www-authenticate']).toContain('Bearer');
    }
  });

  it('opens to no key, whatever its scopes', async () => {
    for (const scope of API_KEY_SCOPES) {
      const response = await api.call(spec, { ...wellFormed(spec), key: api.keys[scope] });
      expectProblem(response, 'member_token_needed');
    }
  });
});

describe.each(named(guarded.filter(({ method }) => method === 'post')))('%s', (_name, spec) => {
  it('takes an Idempotency-Key', async () => {
    expect(spec.idempotent).toBe(true);
    const headers = { 'Idempotency-Key': 'not one word' };
    const key = credentialOf(spec);
    const response = await api.call(spec, { ...wellFormed(spec), headers, key });
    expectProblem(response, 'request_invalid', 'headers.Idempotency-Key');
  });
});

describe.each(named(withBody))('the body of %s', (_name, spec) => {
  const send = (): request.Test =>
    sendTo(spec.method, spec.path).set('Authorization', `Bearer ${credentialOf(spec)}`);

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
      const params = { id: 'absent_1', doorMappingId: 'absent_1', eventId: 'absent_1' };
      const response = await api.call(spec, { ...wellFormed(spec), params });
      expect(response.status).toBe(404);
    });
  },
);

it.each([...new Set(OPERATIONS.map(({ path }) => path))])(
  '%s refuses other methods and names its own',
  async (path) => {
    const specs = OPERATIONS.filter((spec) => spec.path === path);
    const own = specs.map(({ method }) => method);
    const other = (['put', 'delete', 'post'] as const).find((method) => !own.includes(method));
    if (other === undefined) throw new Error('a path with every method needs another way to test');
    const credential = specs.map(credentialOf)[0] ?? '';
    const response = await sendTo(other, path).set('Authorization', `Bearer ${credential}`);
    expectProblem(response, 'method_not_allowed');
    for (const method of own) expect(response.headers['allow']).toContain(method.toUpperCase());
  },
);
