import { getMember, listMembers, putMember } from '../../api/members/schema';
import { expectProblem, startApi, type ApiUnderTest } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  for (const [id, email] of [
    ['mem_1', 'Ada@Example.com'],
    ['mem_2', 'bob@example.com'],
  ] as const) {
    await api.call(putMember, { params: { id }, body: { email, name: 'A name' } });
  }
});
afterAll(() => api.close());

describe('PUT /v1/members/:id', () => {
  it('keeps the address as it was written, and changes the member under the same id', async () => {
    const { body } = await api.call(getMember, { params: { id: 'mem_1' } });
    expect(body).toMatchObject({ email: 'Ada@Example.com', name: 'A name', hold: null });
    const changed = await api.call(putMember, {
      params: { id: 'mem_1' },
      body: { email: 'ada@example.com' },
    });
    expect(changed.body).toMatchObject({ id: 'mem_1', email: 'ada@example.com', name: null });
  });

  it('refuses an address of another member, in whatever case', async () => {
    const body = { email: 'BOB@example.com' };
    expectProblem(await api.call(putMember, { params: { id: 'mem_3' }, body }), 'email_taken');
    expectProblem(await api.call(getMember, { params: { id: 'mem_3' } }), 'member_not_found');
  });

  it.each([
    ['no address', {}, ['body.email']],
    [
      'what is no address, and an empty name',
      { email: 'ada', name: '' },
      ['body.email', 'body.name'],
    ],
    ['a number for a name', { email: 'a@example.com', name: 7 }, ['body.name']],
    ['an unknown field', { email: 'a@example.com', phone: '1' }, ['body.phone']],
  ])('refuses %s', async (_what, body, paths) => {
    const response = await api.call(putMember, { params: { id: 'mem_3' }, body });
    expectProblem(response, 'request_invalid', ...paths);
  });

  it('writes no address and no name into the log', () => {
    expect(api.logs()).toContain('/v1/members/:id');
    expect(api.logs()).not.toMatch(/example\.com|A name/i);
  });
});

describe('GET /v1/members', () => {
  it('finds by the beginning of an id or an address', async () => {
    const find = async (search: string): Promise<string[]> => {
      const { body } = await api.call(listMembers, { query: { search } });
      return (body as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await find('BOB@')).toEqual(['mem_2']);
    expect(await find('mem_')).toEqual(['mem_1', 'mem_2']);
    expect(await find('nobody')).toEqual([]);
  });

  it('refuses an empty search', async () => {
    const response = await api.call(listMembers, { query: { search: ' ' } });
    expectProblem(response, 'request_invalid', 'query.search');
  });
});
