import { deleteMember, getMember, listMembers, putMember } from '../../api/members/schema';
import type { PassRef } from '../../src/domain/door';
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

  describe('with another address', () => {
    const organizationId = 4_711;
    const pass = (memberId: string, kisiId: number): PassRef => ({
      memberId,
      organizationId,
      target: { kind: 'lock', id: kisiId },
    });
    const put = (email: string) =>
      api.call(putMember, { params: { id: 'moving_member' }, body: { email } });

    beforeAll(async () => {
      await put('before@example.com');
      await api.store.integrations.insert({
        id: 'int_members',
        organizationId,
        organizationName: 'One',
        keyOwnerId: 1,
        apiKey: 'a key',
        locationIds: [],
        createdBy: { type: 'system', id: 'test' },
      });
      const known = {
        turn: 1,
        blocked: null,
        removalDue: false,
        nextStartAt: null,
        holdJobId: null,
        told: true,
      };
      for (const each of [
        pass('moving_member', 1),
        pass('moving_member', 2),
        pass('mem_stays', 1),
      ]) {
        await api.store.passes.save({ pass: each, ...known });
      }
      const elsewhere = { ...pass('moving_member', 3), organizationId: 4_712 };
      await api.store.passes.save({ pass: elsewhere, ...known });
      await api.store.memberLinks.link(organizationId, 'moving_member', 1, 'before@example.com');
    });
    beforeEach(() => {
      api.freshPokes.length = 0;
    });

    it('has every pass of the member look, again when the request is repeated', async () => {
      const both = [pass('moving_member', 1), pass('moving_member', 2)];
      await put('after@example.com');
      expect(api.freshPokes).toEqual(both);
      await put('after@example.com');
      expect(api.freshPokes).toEqual([...both, ...both]);
    });

    it('leaves the passes alone when it differs only in case, once they have moved', async () => {
      await api.store.memberLinks.relink(organizationId, 'moving_member', 2, 'after@example.com');
      await put('After@example.com');
      expect(api.freshPokes).toEqual([]);
    });
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

  it('reads many by their ids, and shows nothing of one that is not there', async () => {
    const read = async (ids: string): Promise<unknown> => {
      const { body } = await api.call(listMembers, { query: { ids } });
      return (body as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await read('mem_2,nobody,mem_1,mem_2')).toEqual(['mem_1', 'mem_2']);
    expect(await read('mem_2')).toEqual(['mem_2']);
  });

  it.each([
    ['none', ''],
    ['an empty one', 'mem_1,'],
    ['too many', Array(101).fill('mem_1').join(',')],
  ])('refuses %s as ids', async (_, ids) => {
    const response = await api.call(listMembers, { query: { ids } });
    expect(response.body).toMatchObject({
      code: 'request_invalid',
      errors: [{ path: expect.stringMatching(/^query\.ids/) as string }],
    });
  });

  it('refuses an empty search', async () => {
    const response = await api.call(listMembers, { query: { search: ' ' } });
    expectProblem(response, 'request_invalid', 'query.search');
  });
});

describe('DELETE /v1/members/:id', () => {
  const params = { id: 'mem_leaving' };
  const body = { email: 'leaving@example.com', name: 'Zephyrine of Theben' };
  beforeAll(async () => {
    await api.call(putMember, { params, body });
  });

  it('answers the job, again when repeated, and knows the member no more', async () => {
    const response = await api.call(deleteMember, { params, key: api.keys.booking });
    expect(response.status).toBe(202);
    expect(response.body).toMatchObject({
      kind: 'erasure',
      subjectId: 'mem_leaving',
      state: 'running',
      by: { id: api.keyIds.booking },
    });
    const { id } = response.body as { id: string };
    expect(response.headers['location']).toBe(`/v1/jobs/${id}`);
    const again = await api.call(deleteMember, { params });
    expect(again.body).toMatchObject({ id, by: { id: api.keyIds.booking } });
    expect(api.erasures.map(({ memberId, jobId }) => [memberId, jobId])).toEqual([
      ['mem_leaving', id],
      ['mem_leaving', id],
    ]);

    expectProblem(await api.call(getMember, { params }), 'member_not_found');
    const { body: list } = await api.call(listMembers, { query: { search: 'leaving' } });
    expect(list).toMatchObject({ data: [] });
  });

  it('leaves neither name nor address in the database', async () => {
    const kept = await wholeDatabase();
    expect(kept).toContain('mem_leaving');
    expect(kept).not.toMatch(/leaving@|zephyrine|theben/i);
  });

  it('keeps the id until the job is done, and the address for whoever comes', async () => {
    expectProblem(await api.call(putMember, { params, body }), 'member_being_erased');
    const next = await api.call(putMember, { params: { id: 'mem_next' }, body });
    expect(next.status).toBe(200);

    await api.store.members.finishErasure('mem_leaving');
    expectProblem(await api.call(deleteMember, { params }), 'member_not_found');
    api.clock.time += 1_000;
    const fresh = await api.call(putMember, { params, body: { email: 'fresh@example.com' } });
    expect(fresh.body).toMatchObject({
      id: 'mem_leaving',
      name: null,
      createdAt: new Date(api.clock.time).toISOString(),
    });
  });

  it('refuses a member whom nobody knows', async () => {
    const response = await api.call(deleteMember, { params: { id: 'nobody' } });
    expectProblem(response, 'member_not_found');
    expect(api.erasures.map(({ memberId }) => memberId)).not.toContain('nobody');
  });
});

/** All that lies in the database, as an intruder would find it. */
async function wholeDatabase(): Promise<string> {
  const mongoose = await import('mongoose');
  const connection = await mongoose.createConnection(api.databaseUri).asPromise();
  try {
    const collections = await connection.listCollections();
    const contents = await Promise.all(
      collections.map(({ name }) => connection.collection(name).find({}).toArray()),
    );
    return JSON.stringify(contents);
  } finally {
    await connection.close();
  }
}
