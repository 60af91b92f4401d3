import { createImport } from '../../api/imports/schema';
import { importChunk } from '../../src/access/import-chunk';
import type { AccessDeps } from '../../src/access/deps';
import type { ImportTotals } from '../../src/contracts/import-activities';
import {
  expectProblem,
  NOW,
  startApi,
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

const bring = (body: object, headers: Record<string, string> = {}): Promise<ApiResponse> =>
  api.call(createImport, { body, headers });

const booking = (id: string, more: object = {}): object => ({
  id,
  version: 10,
  memberIds: ['mem_1'],
  spaceId: 'spc_1',
  startsAt: '2026-11-24T11:00:00Z',
  endsAt: '2026-11-24T12:00:00Z',
  status: 'confirmed',
  ...more,
});
const membership = (id: string, more: object = {}): object => ({
  id,
  version: 10,
  memberIds: ['mem_i'],
  planId: 'pln_1',
  locationId: 'loc_1',
  startsAt: '2026-11-24T11:00:00Z',
  endsAt: null,
  status: 'active',
  ...more,
});

/** The latest import's chunks, taken in order as its workflow takes them. */
async function takeAll(): Promise<ImportTotals[]> {
  const input = api.imports.at(-1);
  if (input === undefined) throw new Error('no import was started');
  const messages: Pick<AccessDeps['messages'], 'changeSource' | 'pokePass'> = {
    changeSource: (source, message) => api.sources.changeSource(source, message),
    pokePass: () => Promise.resolve(),
  };
  const deps = { store: api.store, messages: messages as AccessDeps['messages'] };
  const totals: ImportTotals[] = [];
  for (let chunk = 0; chunk < input.chunks; chunk += 1) {
    const taken = await importChunk(deps, { jobId: input.jobId, chunk, doneBefore: 0 });
    totals.push(taken.totals);
  }
  return totals;
}

describe('POST /v1/imports', () => {
  it('keeps everything and answers a job that begins', async () => {
    const { status, body, headers } = await bring({
      bookings: [...Array(150).keys()].map((index) => booking(`bkg_${String(index)}`)),
      members: [{ id: 'mem_i', email: 'i@example.com' }],
    });
    expect(status).toBe(202);
    const job = body as { id: string };
    expect(body).toMatchObject({ kind: 'import', state: 'running', done: 0, total: 151 });
    expect(headers['location']).toBe(`/v1/jobs/${job.id}`);
    expect(api.imports.at(-1)).toMatchObject({ jobId: job.id, chunks: 3, total: 151 });
    const kept = await Promise.all([0, 1, 2].map((chunk) => api.store.imports.get(job.id, chunk)));
    expect(kept).toMatchObject([
      { kind: 'members', firstIndex: 0 },
      { kind: 'bookings', firstIndex: 0 },
      { kind: 'bookings', firstIndex: 100 },
    ]);
    expect(kept[2]?.items).toHaveLength(50);
  });

  it('is the same import under the same Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': 'import-1' };
    const first = await bring({ bookings: [booking('bkg_a')] }, headers);
    const again = await bring({ bookings: [booking('bkg_a')] }, headers);
    expect(again.body).toEqual(first.body);
  });

  it('takes a body that is larger than others may be, and refuses one of 10 MB', async () => {
    const large = booking('bkg_large', { notes: 'x'.repeat(500_000) });
    expect((await bring({ bookings: [large] })).status).toBe(202);
    const huge = booking('bkg_huge', { notes: 'x'.repeat(11_000_000) });
    expectProblem(await bring({ bookings: [huge] }), 'body_too_large');
  });

  it('refuses nothing at all, too much, what is no list and an unknown kind', async () => {
    expectProblem(await bring({}), 'request_invalid', 'body');
    const tooMany = Array<number>(10_001).fill(0);
    expectProblem(await bring({ bookings: tooMany }), 'request_invalid', 'body');
    const response = await bring({ bookings: 'all', spaces: [] });
    expectProblem(response, 'request_invalid', 'body.bookings', 'body.spaces');
  });
});

describe('an import', () => {
  it('takes members, then memberships, then bookings, each as a PUT of it', async () => {
    await bring({
      bookings: [booking('bkg_1', { memberIds: ['mem_i', 'mem_1'] })],
      memberships: [membership('mbs_1')],
      members: [{ id: 'mem_i', email: 'i@example.com', name: 'I' }],
    });
    expect(await takeAll()).toEqual(
      [1, 2, 3].map(() => ({ accepted: 1, older: 0, invalidCount: 0, invalid: [] })),
    );
    expect(await api.store.members.get('mem_i')).toMatchObject({ name: 'I' });
    expect(await api.store.memberships.get('mbs_1')).toMatchObject({ appliedVersion: 10 });
    expect(await api.store.bookings.get('bkg_1')).toMatchObject({ appliedVersion: 10 });
  });

  it('says of each item that is not valid why, and goes on with the others', async () => {
    await bring({
      members: [
        { id: 'mem_t', email: 'mem_1@example.com' },
        { id: 'mem_u', email: 'none' },
      ],
      bookings: [
        booking('bkg_bad', { endsAt: 'soon', memberIds: [] }),
        7,
        booking('bkg_unknown', { memberIds: ['mem_no'], spaceId: 'spc_no' }),
        booking('bkg_good'),
      ],
    });
    const [members, bookings] = await takeAll();
    expect(members).toMatchObject({
      accepted: 0,
      invalid: [
        { kind: 'members', index: 0, id: 'mem_t', errors: [{ code: 'email_taken' }] },
        { kind: 'members', index: 1, id: 'mem_u', errors: [{ code: 'malformed' }] },
      ],
    });
    expect(bookings).toMatchObject({
      accepted: 1,
      invalidCount: 3,
      invalid: [
        { kind: 'bookings', index: 0, id: 'bkg_bad', errors: [{ code: 'malformed' }] },
        { index: 1, id: null, errors: [{ code: 'malformed' }] },
        {
          index: 2,
          id: 'bkg_unknown',
          errors: [{ code: 'member_unknown' }, { code: 'space_unknown' }],
        },
      ],
    });
    const message = bookings?.invalid[0]?.errors[0]?.message ?? '';
    expect(message).toContain('endsAt');
    expect(message).toContain('memberIds');
    expect(await api.store.bookings.get('bkg_good')).toMatchObject({ appliedVersion: 10 });
  });

  it('taken again comes to the same, and leaves what is newer alone', async () => {
    await bring({
      bookings: [
        booking('bkg_new'),
        booking('bkg_twice', { version: 11 }),
        booking('bkg_old', { version: 9 }),
        booking('bkg_other', { status: 'cancelled' }),
      ],
    });
    await api.sources.changeSource({ kind: 'booking', id: 'bkg_old' }, booking('bkg_old'));
    await api.sources.changeSource({ kind: 'booking', id: 'bkg_other' }, booking('bkg_other'));
    const first = await takeAll();
    expect(first).toMatchObject([
      {
        accepted: 2,
        older: 1,
        invalidCount: 1,
        invalid: [{ id: 'bkg_other', errors: [{ code: 'version_reused' }] }],
      },
    ]);
    expect(await takeAll()).toEqual(first);
    expect(await api.store.bookings.get('bkg_old')).toMatchObject({ version: 10 });
  });

  it('leaves what the host said of a member since alone, and takes its own again', async () => {
    const by = { type: 'api_key', id: 'key_tester' } as const;
    const said = (email: string) => ({ id: 'mem_9', email, name: null });
    await api.store.members.upsert(said('before@example.com'));
    api.clock.time = NOW + 1_000;
    await bring({ members: [said('import@example.com')] });
    // A hold says nothing about the address.
    api.clock.time = NOW + 2_000;
    await api.store.members.setHold('mem_9', { reason: 'unpaid', by });
    const first = await takeAll();
    expect(first).toMatchObject([{ accepted: 1, older: 0 }]);
    expect(await takeAll()).toEqual(first);
    expect(await api.store.members.get('mem_9')).toMatchObject({
      email: 'import@example.com',
      hold: { reason: 'unpaid' },
    });
    await api.store.members.upsert(said('after@example.com'));
    expect(await takeAll()).toMatchObject([{ accepted: 0, older: 1, invalidCount: 0 }]);
    expect(await api.store.members.get('mem_9')).toMatchObject({ email: 'after@example.com' });
  });

  it('makes no member again who was erased since; one that is sent later is new', async () => {
    const item = { id: 'mem_e', email: 'e@example.com' };
    await api.store.members.upsert({ ...item, name: null });
    api.clock.time = NOW + 1_000;
    await bring({ members: [item] });
    api.clock.time = NOW + 2_000;
    await api.store.members.erase('mem_e', 'job_e');
    expect(await takeAll()).toMatchObject([{ accepted: 0, older: 1, invalidCount: 0 }]);
    await api.store.members.finishErasure('mem_e');
    expect(await takeAll()).toMatchObject([{ accepted: 0, older: 1, invalidCount: 0 }]);
    expect(await api.store.members.get('mem_e')).toBeNull();
    expect(await api.store.members.erasure('mem_e')).toMatchObject({ jobId: 'job_e' });
    api.clock.time = NOW + 3_000;
    await bring({ members: [item] });
    expect(await takeAll()).toMatchObject([{ accepted: 1, older: 0 }]);
    expect(await api.store.members.get('mem_e')).toMatchObject({ email: 'e@example.com' });
  });

  it('that waits keeps nothing of members who are erased, and the others their places', async () => {
    const people = ['f0', 'f1', 'f2'].map((id) => ({ id, email: `${id}@example.com`, name: id }));
    await bring({ members: [...people, { id: 'f3', email: 'none' }] });
    const jobId = api.imports.at(-1)?.jobId ?? '';
    const { imports } = api.store;
    await Promise.all([imports.forgetMember('f0', NOW), imports.forgetMember('f1', NOW)]);
    // What is sent after the erasure is about somebody new.
    await imports.forgetMember('f2', NOW - 1);
    const kept = await imports.get(jobId, 0);
    expect(kept?.items.slice(0, 3)).toEqual([null, null, people[2]]);
    expect(await takeAll()).toMatchObject([
      { accepted: 1, older: 2, invalidCount: 1, invalid: [{ index: 3, id: 'f3' }] },
    ]);
    expect(await api.store.members.get('f0')).toBeNull();
  });

  it('stops where Temporal is away, so that the chunk is taken again', async () => {
    await bring({ bookings: [booking('bkg_away')] });
    api.sources.mood = 'away';
    await expect(takeAll()).rejects.toThrow('UNAVAILABLE');
    api.sources.mood = 'prompt';
    expect(await takeAll()).toMatchObject([{ accepted: 1 }]);
  });
});
