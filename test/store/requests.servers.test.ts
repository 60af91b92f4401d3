import { createHash } from 'node:crypto';
import { createConnection } from 'mongoose';
import type { ReconcileRun } from '../../src/store';
import { admin, allPages, freshId, freshNumber, HOUR, T0, useStore } from './fixtures';

const { store, clock, uri } = useStore();

describe('apiKeys', () => {
  const create = (name = 'portal') =>
    store().apiKeys.create({ name, scopes: ['booking', 'operator'], createdBy: admin });

  it('makes a key whose secret opens it, and keeps only the hash', async () => {
    const { key, secret } = await create();
    expect(secret).toMatch(/^lk_[\w-]{43}$/);
    expect(key.id).toMatch(/^key_/);
    expect(key).toEqual({
      id: key.id,
      name: 'portal',
      scopes: ['booking', 'operator'],
      locationIds: null,
      createdAt: clock.now(),
      createdBy: admin,
      lastUsedAt: null,
      revokedAt: null,
    });
    expect(await store().apiKeys.verify(secret)).toEqual({ ...key, lastUsedAt: clock.now() });
    const raw = await createConnection(uri).asPromise();
    const stored = JSON.stringify(await raw.collection('apiKeys').find().toArray());
    expect(stored).not.toContain(secret);
    expect(stored).toContain(createHash('sha256').update(secret).digest('hex'));
    await raw.close();
  });

  it('knows no other secret, and not the hash', async () => {
    const { secret } = await create();
    for (const wrong of ['', 'lk_', `${secret}x`, secret.slice(0, -1), secret.toLowerCase()]) {
      expect(await store().apiKeys.verify(wrong)).toBeNull();
    }
    const hash = createHash('sha256').update(secret).digest('hex');
    expect(await store().apiKeys.verify(hash)).toBeNull();
  });

  it('notes the last use to the minute', async () => {
    const { key, secret } = await create();
    const lastUsed = async () => (await store().apiKeys.get(key.id))?.lastUsedAt;
    const first = clock.now();
    await store().apiKeys.verify(secret);
    clock.pass(59_999);
    await store().apiKeys.verify(secret);
    expect(await lastUsed()).toBe(first);
    clock.pass(1);
    await store().apiKeys.verify(secret);
    expect(await lastUsed()).toBe(first + 60_000);
  });

  it('revokes for good, and lists revoked keys', async () => {
    const { key, secret } = await create();
    const revokedAt = clock.now();
    expect(await store().apiKeys.revoke(key.id)).toEqual({ ...key, revokedAt });
    expect(await store().apiKeys.verify(secret)).toBeNull();
    clock.pass(1);
    expect((await store().apiKeys.revoke(key.id))?.revokedAt).toBe(revokedAt);
    expect(await store().apiKeys.revoke('key_none')).toBeNull();
    const listed = await allPages((cursor) => store().apiKeys.list({ cursor, limit: 2 }), 2);
    expect(listed).toContainEqual({ ...key, revokedAt });
  });

  it('ensures the first admin key once, however many processes start', async () => {
    const secret = freshId('a-secret-from-the-environment');
    const results = await Promise.all(
      Array.from({ length: 5 }, () => store().apiKeys.ensure(secret, 'first', ['admin'])),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(results.map(({ key }) => key.id)).size).toBe(1);
    expect(await store().apiKeys.verify(secret)).toMatchObject({ scopes: ['admin'] });
    const id = results[0]?.key.id ?? '';
    await store().apiKeys.revoke(id);
    expect((await store().apiKeys.ensure(secret, 'first', ['admin'])).created).toBe(false);
    expect(await store().apiKeys.verify(secret)).toBeNull();
  });
});

describe('idempotency', () => {
  const aRef = () => ({
    keyId: 'key_1',
    route: 'POST /v1/grants',
    idempotencyKey: freshId('idem'),
  });
  const request = { requestHash: 'hash', resourceId: 'grt_1' };

  it('begins fresh, goes on with the same id, and answers the same when done', async () => {
    const ref = aRef();
    expect(await store().idempotency.begin(ref, request)).toEqual({
      state: 'fresh',
      resourceId: 'grt_1',
    });
    const retry = { ...request, resourceId: 'grt_2' };
    expect(await store().idempotency.begin(ref, retry)).toEqual({
      state: 'unfinished',
      resourceId: 'grt_1',
    });
    const body = { 'a.b': 1, $set: [null, { id: 'grt_1' }] };
    await store().idempotency.finish(ref, { status: 201, body });
    await store().idempotency.finish(ref, { status: 500, body: 'late' });
    expect(await store().idempotency.begin(ref, retry)).toEqual({
      state: 'done',
      resourceId: 'grt_1',
      status: 201,
      body,
    });
  });

  it('tells another request under the same key', async () => {
    const ref = aRef();
    await store().idempotency.begin(ref, request);
    const other = { ...request, requestHash: 'other' };
    expect(await store().idempotency.begin(ref, other)).toEqual({ state: 'mismatch' });
    await store().idempotency.finish(ref, { status: 204, body: undefined });
    expect(await store().idempotency.begin(ref, other)).toEqual({ state: 'mismatch' });
    expect(await store().idempotency.begin(ref, request)).toMatchObject({
      status: 204,
      body: null,
    });
  });

  it('keeps callers, routes and keys apart', async () => {
    const ref = aRef();
    const refs = [
      ref,
      { ...ref, keyId: 'key_2' },
      { ...ref, route: 'POST /v1/door-mappings' },
      { ...ref, route: 'a', idempotencyKey: `b:${ref.idempotencyKey}` },
      { ...ref, route: 'a:b', idempotencyKey: ref.idempotencyKey },
    ];
    for (const one of refs) {
      expect((await store().idempotency.begin(one, request)).state).toBe('fresh');
    }
  });

  it('lets exactly one of several requests at once be the first', async () => {
    const ref = aRef();
    const states = await Promise.all(
      ['a', 'b', 'c', 'd', 'e', 'f'].map((resourceId) =>
        store().idempotency.begin(ref, { ...request, resourceId }),
      ),
    );
    expect(states.filter(({ state }) => state === 'fresh')).toHaveLength(1);
    const ids = states.map((state) => ('resourceId' in state ? state.resourceId : null));
    expect(new Set(ids).size).toBe(1);
  });

  it('keeps a record for 48 hours and then begins anew, once', async () => {
    const ref = aRef();
    await store().idempotency.begin(ref, request);
    await store().idempotency.finish(ref, { status: 201, body: {} });
    clock.pass(48 * HOUR - 1);
    expect((await store().idempotency.begin(ref, request)).state).toBe('done');
    clock.pass(1);
    const states = await Promise.all(
      [1, 2, 3, 4].map(() => store().idempotency.begin(ref, { ...request, requestHash: 'new' })),
    );
    expect(states.map(({ state }) => state).sort()).toEqual([
      'fresh',
      'unfinished',
      'unfinished',
      'unfinished',
    ]);
  });
});

describe('reconcileRuns', () => {
  const aRun = (fields: Partial<ReconcileRun> = {}): ReconcileRun => ({
    id: freshId('run'),
    organizationId: freshNumber(),
    startedAt: T0,
    finishedAt: null,
    expired: 1,
    started: 2,
    repaired: 3,
    removed: 4,
    foreignRows: { count: 0, sample: [] },
    plannedRemovals: 5,
    openDoors: 6,
    refused: false,
    disabledUserIds: [],
    skipped: null,
    ...fields,
  });
  const foreignRow = {
    roleAssignmentId: 1,
    role: 'group_manager',
    groupId: null,
    kisiUserId: 2,
    from: null,
    until: T0,
  };

  it('saves, overwrites and finds the latest', async () => {
    const run = aRun();
    const { organizationId } = run;
    expect(await store().reconcileRuns.latest(organizationId)).toBeNull();
    await store().reconcileRuns.save(run);
    const finished: ReconcileRun = {
      ...run,
      finishedAt: T0 + 1,
      refused: true,
      disabledUserIds: [7],
      skipped: 'Kisi answered 503',
      foreignRows: { count: 1, sample: [foreignRow] },
    };
    await store().reconcileRuns.save(finished);
    await store().reconcileRuns.save(aRun({ organizationId, startedAt: T0 - 1 }));
    expect(await store().reconcileRuns.latest(organizationId)).toEqual(finished);
  });

  it('stores a sample of foreign rows and the whole count', async () => {
    const sample = Array.from({ length: 150 }, () => foreignRow);
    const run = aRun({ foreignRows: { count: 150, sample } });
    await store().reconcileRuns.save(run);
    const stored = await store().reconcileRuns.latest(run.organizationId);
    expect(stored?.foreignRows.count).toBe(150);
    expect(stored?.foreignRows.sample).toHaveLength(100);
  });

  it('lists the runs of one organization, newest first', async () => {
    const organizationId = freshNumber();
    const runs = [0, 1, 2].map((n) => aRun({ organizationId, startedAt: T0 + n }));
    for (const run of [...runs, aRun()]) await store().reconcileRuns.save(run);
    const listed = await allPages(
      (cursor) => store().reconcileRuns.list(organizationId, { cursor, limit: 2 }),
      2,
    );
    expect(listed).toEqual([...runs].reverse());
  });
});
