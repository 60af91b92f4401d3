import { randomBytes } from 'node:crypto';
import { createConnection } from 'mongoose';
import {
  DuplicateKey,
  LocationServed,
  openStore,
  SealBroken,
  UnknownEncryptionKey,
  type Integration,
} from '../../src/store';
import { admin, allPages, encryption, freshId, freshNumber, HOUR, useStore } from './fixtures';

const { store, clock, uri } = useStore();

function aNew(organizationId = freshNumber()) {
  return {
    id: freshId('int'),
    organizationId,
    organizationName: 'House',
    keyOwnerId: 11,
    locationIds: [freshId('loc')],
    createdBy: admin,
    apiKey: 'kisi-key-1',
  };
}

describe('integrations', () => {
  it('inserts, and never gives out the key', async () => {
    const { apiKey, ...fields } = aNew();
    const made = await store().integrations.insert({ ...fields, apiKey });
    const expected: Integration = {
      ...fields,
      provider: 'kisi',
      formerKeyOwnerIds: [],
      keyVersion: 1,
      active: true,
      connected: true,
      removal: null,
      memberMode: 'managed',
      learned: { secondRows: 'unknown', patch: 'unknown' },
      fault: null,
      lastFault: null,
      lastSuccessAt: null,
      rights: null,
      connectionId: fields.id,
      removalApproval: null,
      emergencyStop: null,
      createdAt: clock.now(),
      updatedAt: clock.now(),
    };
    expect(made).toEqual(expected);
    expect(await store().integrations.get(made.id)).toEqual(expected);
    expect(await store().integrations.byOrganization(made.organizationId)).toEqual(expected);
    const listed = await allPages((cursor) => store().integrations.list({ cursor, limit: 1 }), 1);
    expect(listed).toContainEqual(expected);
    expect(JSON.stringify(listed)).not.toContain('ealed');
  });

  it('connects an organization once', async () => {
    const first = aNew();
    await store().integrations.insert(first);
    const second = store().integrations.insert(aNew(first.organizationId));
    await expect(second).rejects.toThrow(DuplicateKey);
    await expect(second).rejects.toMatchObject({ field: 'organizationId' });
  });

  it('stores the key sealed and opens it for callers of Kisi', async () => {
    const made = await store().integrations.insert(aNew());
    const credentials = {
      integrationId: made.id,
      apiKey: 'kisi-key-1',
      keyOwnerId: 11,
      keyVersion: 1,
    };
    expect(await store().integrations.apiKey({ id: made.id })).toEqual(credentials);
    expect(await store().integrations.apiKey({ organizationId: made.organizationId })).toEqual(
      credentials,
    );
    expect(await store().integrations.apiKey({ id: 'int_none' })).toBeNull();
    const raw = await createConnection(uri).asPromise();
    const docs = await raw.collection('integrations').find().toArray();
    expect(JSON.stringify(docs)).not.toContain('kisi-key-1');
    await raw.close();
  });

  it('does not open a sealed key that was copied to another integration', async () => {
    const [from, to] = [
      await store().integrations.insert(aNew()),
      await store().integrations.insert({ ...aNew(), apiKey: 'kisi-key-2' }),
    ];
    const raw = await createConnection(uri).asPromise();
    const documents = raw.collection<{ _id: string; sealedApiKey: string }>('integrations');
    const stolen = await documents.findOne({ _id: from.id });
    await documents.updateOne(
      { _id: to.id },
      { $set: { sealedApiKey: stolen?.sealedApiKey ?? '' } },
    );
    await raw.close();
    await expect(store().integrations.apiKey({ id: to.id })).rejects.toThrow(SealBroken);
  });

  it('opens old keys after a rotation, and says when a key is missing', async () => {
    const made = await store().integrations.insert(aNew());
    const next = { id: 'k2', key: randomBytes(32) };
    const rotated = await openStore({ uri, encryption: [next, ...encryption], clock });
    expect((await rotated.integrations.apiKey({ id: made.id }))?.apiKey).toBe('kisi-key-1');
    await rotated.integrations.replaceKey(made.id, { apiKey: 'kisi-key-3', keyOwnerId: 11 });
    await rotated.close();
    await expect(store().integrations.apiKey({ id: made.id })).rejects.toThrow(
      UnknownEncryptionKey,
    );
  });

  it('remembers who owned the keys before', async () => {
    const made = await store().integrations.insert(aNew());
    const replace = (keyOwnerId: number) =>
      store().integrations.replaceKey(made.id, {
        apiKey: `key-of-${String(keyOwnerId)}`,
        keyOwnerId,
      });
    expect(await replace(12)).toMatchObject({
      keyOwnerId: 12,
      formerKeyOwnerIds: [11],
      keyVersion: 2,
    });
    expect(await replace(12)).toMatchObject({
      keyOwnerId: 12,
      formerKeyOwnerIds: [11],
      keyVersion: 3,
    });
    expect(await replace(11)).toMatchObject({
      keyOwnerId: 11,
      formerKeyOwnerIds: [12],
      keyVersion: 4,
    });
    expect((await store().integrations.apiKey({ id: made.id }))?.apiKey).toBe('key-of-11');
    expect(
      await store().integrations.replaceKey('int_none', { apiKey: 'k', keyOwnerId: 1 }),
    ).toBeNull();
  });

  it('loses no owner when keys are replaced at once', async () => {
    const made = await store().integrations.insert(aNew());
    await Promise.all(
      [21, 22, 23, 24].map((keyOwnerId) =>
        store().integrations.replaceKey(made.id, { apiKey: 'k', keyOwnerId }),
      ),
    );
    const after = await store().integrations.get(made.id);
    expect(after?.keyVersion).toBe(5);
    expect([after?.keyOwnerId, ...(after?.formerKeyOwnerIds ?? [])].sort()).toEqual([
      11, 21, 22, 23, 24,
    ]);
  });

  it('updates what is given and leaves the rest', async () => {
    const made = await store().integrations.insert(aNew());
    clock.pass(1);
    expect(await store().integrations.update(made.id, { memberMode: 'invited' })).toEqual({
      ...made,
      memberMode: 'invited',
      updatedAt: clock.now(),
    });
    const locationIds = [freshId('loc'), freshId('loc')];
    const moved = await store().integrations.update(made.id, { locationIds });
    expect(moved).toMatchObject({ memberMode: 'invited', locationIds, organizationName: 'House' });
    expect(await store().integrations.update('int_none', { memberMode: 'managed' })).toBeNull();
  });

  it('learns one thing without forgetting the other', async () => {
    const { id, organizationId } = await store().integrations.insert(aNew());
    const learned = async () => (await store().integrations.get(id))?.learned;
    await store().integrations.learn(organizationId, { secondRows: 'refused' });
    await store().integrations.learn(organizationId, { patch: 'ignored' });
    expect(await learned()).toEqual({ secondRows: 'refused', patch: 'ignored' });
    await store().integrations.learn(organizationId, { secondRows: 'unknown' });
    expect(await learned()).toEqual({ secondRows: 'unknown', patch: 'ignored' });
  });

  it('records one fault for all, from its beginning to its end', async () => {
    const { id, organizationId } = await store().integrations.insert(aNew());
    const fault = async () => (await store().integrations.get(id))?.fault;
    const since = clock.now();
    const record = (type: 'kisi_unavailable' | 'kisi_key_refused') =>
      store().integrations.recordFault(organizationId, {
        type,
        detail: `because ${type}`,
        nextProbeAt: clock.now() + 10_000,
      });
    expect(await record('kisi_unavailable')).toBe(true);
    clock.pass(10_000);
    expect(await record('kisi_key_refused')).toBe(false);
    expect(await fault()).toEqual({
      type: 'kisi_key_refused',
      detail: 'because kisi_key_refused',
      since,
      probedAt: since + 10_000,
      nextProbeAt: since + 20_000,
    });
    clock.pass(1);
    expect(await store().integrations.clearFault(organizationId)).toBe(true);
    expect(await store().integrations.clearFault(organizationId)).toBe(false);
    expect(await store().integrations.get(id)).toMatchObject({
      fault: null,
      lastFault: {
        type: 'kisi_key_refused',
        detail: 'because kisi_key_refused',
        since,
        healedAt: clock.now(),
      },
      lastSuccessAt: clock.now(),
    });
  });

  it('takes what comes back within five minutes for the same fault, of the same kind alone', async () => {
    const { id, organizationId } = await store().integrations.insert(aNew());
    const since = async () => (await store().integrations.get(id))?.fault?.since;
    const record = (type: 'kisi_unavailable' | 'kisi_key_refused') =>
      store().integrations.recordFault(organizationId, {
        type,
        detail: 'down',
        nextProbeAt: clock.now() + 10_000,
      });
    const began = clock.now();
    await record('kisi_unavailable');
    for (const quietMs of [10_000, 5 * 60_000]) {
      clock.pass(40 * 60_000);
      await store().integrations.clearFault(organizationId);
      clock.pass(quietMs);
      expect(await record('kisi_unavailable')).toBe(true);
      expect(await since()).toBe(began);
    }
    await store().integrations.clearFault(organizationId);
    expect((await store().integrations.get(id))?.lastFault?.since).toBe(began);
    await record('kisi_key_refused');
    expect(await since()).toBe(clock.now());
    await store().integrations.clearFault(organizationId);
    clock.pass(5 * 60_000 + 1);
    await record('kisi_key_refused');
    expect(await since()).toBe(clock.now());
  });

  it('tells exactly one of many that it found the fault first', async () => {
    const { organizationId } = await store().integrations.insert(aNew());
    const firsts = await Promise.all(
      Array.from({ length: 8 }, () =>
        store().integrations.recordFault(organizationId, {
          type: 'kisi_unavailable',
          detail: 'down',
          nextProbeAt: clock.now(),
        }),
      ),
    );
    expect(firsts.filter(Boolean)).toHaveLength(1);
  });

  it('does not fault a new key for an answer to the old one', async () => {
    const { id, organizationId } = await store().integrations.insert(aNew());
    await store().integrations.replaceKey(id, { apiKey: 'k2', keyOwnerId: 12 });
    const refused = { type: 'kisi_key_refused', detail: 'd', nextProbeAt: clock.now() } as const;
    const late = { ...refused, keyVersion: 1 };
    expect(await store().integrations.recordFault(organizationId, late)).toBe(false);
    expect((await store().integrations.get(id))?.fault).toBeNull();
    const present = { ...refused, keyVersion: 2 };
    expect(await store().integrations.recordFault(organizationId, present)).toBe(true);
  });

  it('notes a success every five seconds at most', async () => {
    const { id, organizationId } = await store().integrations.insert(aNew());
    const last = async () => (await store().integrations.get(id))?.lastSuccessAt;
    const first = clock.now();
    await store().integrations.recordSuccess(organizationId);
    clock.pass(4_999);
    await store().integrations.recordSuccess(organizationId);
    expect(await last()).toBe(first);
    clock.pass(1);
    await store().integrations.recordSuccess(organizationId);
    expect(await last()).toBe(first + 5_000);
  });

  it('lets one run use an approval up, as often as it retries', async () => {
    const { id, organizationId } = await store().integrations.insert(aNew());
    const take = (runId: string) => store().integrations.takeRemovalApproval(organizationId, runId);
    expect(await take('run-1')).toBeNull();
    const given = await store().integrations.setRemovalApproval(id, admin);
    expect(given?.removalApproval).toEqual({ by: admin, at: clock.now(), runId: null });
    const taken = { by: admin, at: clock.now(), runId: 'run-1' };
    clock.pass(HOUR);
    expect(await take('run-1')).toEqual(taken);
    expect(await take('run-1')).toEqual(taken);
    expect(await take('run-2')).toBeNull();
    await store().integrations.setRemovalApproval(id, admin);
    expect(await take('run-2')).toMatchObject({ runId: 'run-2' });
    expect(await store().integrations.setRemovalApproval('int_none', admin)).toBeNull();
  });

  it('holds for two hours', async () => {
    const { id, organizationId } = await store().integrations.insert(aNew());
    const take = (runId: string) => store().integrations.takeRemovalApproval(organizationId, runId);
    await store().integrations.setRemovalApproval(id, admin);
    clock.pass(2 * 3_600_000 + 1);
    expect(await take('run-1')).toBeNull();
    await store().integrations.setRemovalApproval(id, admin);
    clock.pass(2 * 3_600_000);
    expect(await take('run-2')).toMatchObject({ runId: 'run-2' });
  });
});

describe('the locations of integrations', () => {
  const insert = (locationIds: string[]) => store().integrations.insert({ ...aNew(), locationIds });

  it('have one active integration each, and say which', async () => {
    const [shared, own] = [freshId('loc'), freshId('loc')];
    const first = await insert([shared]);
    const second = insert([own, shared]);
    await expect(second).rejects.toThrow(LocationServed);
    await expect(second).rejects.toMatchObject({ locationId: shared, integrationId: first.id });
    // What the refused one had taken is free again.
    const third = await insert([own]);
    const change = store().integrations.update(third.id, { locationIds: [own, shared] });
    await expect(change).rejects.toMatchObject({ integrationId: first.id });
    expect((await store().integrations.get(third.id))?.locationIds).toEqual([own]);
  });

  it('go to exactly one of many who ask at once', async () => {
    const shared = freshId('loc');
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => insert([shared])));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('are free for others once they are given up', async () => {
    const [kept, given] = [freshId('loc'), freshId('loc')];
    const first = await insert([kept, given]);
    await store().integrations.update(first.id, { locationIds: [kept] });
    await insert([given]);
    await expect(insert([kept])).rejects.toThrow(LocationServed);
  });

  it('are taken over from a claim that a crash left behind, but not from one under way', async () => {
    const locationId = freshId('loc');
    const raw = await createConnection(uri).asPromise();
    const claimedAt = new Date(clock.now());
    const claims = raw.collection<{ _id: string; integrationId: string; claimedAt: Date }>(
      'locationClaims',
    );
    await claims.insertOne({ _id: locationId, integrationId: 'int_crashed', claimedAt });
    await raw.close();
    await expect(insert([locationId])).rejects.toThrow(LocationServed);
    clock.pass(60_000);
    expect((await insert([locationId])).locationIds).toEqual([locationId]);
  });
});

describe('a removed integration', () => {
  const removal = (jobId = freshId('job')) => ({ mode: 'remove', jobId, by: admin }) as const;
  const connection = (locationIds: string[]) => ({
    organizationName: 'House again',
    keyOwnerId: 12,
    locationIds,
    memberMode: 'invited' as const,
    connectionId: freshId('int'),
    apiKey: 'kisi-key-9',
  });

  it('is inactive at once, and keeps its key until the removal is done', async () => {
    const made = await store().integrations.insert(aNew());
    const first = removal();
    const removed = await store().integrations.beginRemoval(made.id, first);
    expect(removed).toMatchObject({ active: false, connected: true });
    expect(removed?.removal).toEqual({ ...first, at: clock.now() });
    // A second word changes nothing.
    const again = await store().integrations.beginRemoval(made.id, { ...removal(), mode: 'leave' });
    expect(again?.removal).toEqual(removed?.removal);
    expect(await store().integrations.beginRemoval('int_none', first)).toBeNull();
    expect((await store().integrations.beingRemoved()).map(({ id }) => id)).toContain(made.id);
    expect((await store().integrations.active()).map(({ id }) => id)).not.toContain(made.id);

    expect(await store().integrations.finishRemoval(made.id, 'job_other')).toBe(false);
    expect(await store().integrations.apiKey({ id: made.id })).not.toBeNull();
    expect(await store().integrations.finishRemoval(made.id, first.jobId)).toBe(true);
    expect(await store().integrations.get(made.id)).toMatchObject({
      active: false,
      connected: false,
      removal: { jobId: first.jobId },
    });
    expect(await store().integrations.apiKey({ id: made.id })).toBeNull();
    expect((await store().integrations.beingRemoved()).map(({ id }) => id)).not.toContain(made.id);
    const organizations = await store().integrations.organizationIds();
    expect(organizations).toContain(made.organizationId);
  });

  it('is connected again under the same id, with what it had learned', async () => {
    const made = await store().integrations.insert(aNew());
    await store().integrations.learn(made.organizationId, { secondRows: 'refused' });
    const first = removal();
    await store().integrations.beginRemoval(made.id, first);
    await store().integrations.finishRemoval(made.id, first.jobId);
    const { apiKey, ...shown } = connection(made.locationIds);
    expect(await store().integrations.reconnect(made.id, { ...shown, apiKey })).toMatchObject({
      ...shown,
      id: made.id,
      active: true,
      connected: true,
      removal: null,
      formerKeyOwnerIds: [11],
      keyVersion: 2,
      learned: { secondRows: 'refused' },
    });
    expect((await store().integrations.apiKey({ id: made.id }))?.apiKey).toBe(apiKey);
    expect(await store().integrations.reconnect(made.id, { ...shown, apiKey })).toBeNull();
    // A removal that was under way until then must not take the new key.
    expect(await store().integrations.finishRemoval(made.id, first.jobId)).toBe(false);
  });

  it('frees its locations, and gets no location back that another serves by now', async () => {
    const made = await store().integrations.insert(aNew());
    await store().integrations.beginRemoval(made.id, removal());
    const other = await store().integrations.insert({ ...aNew(), locationIds: made.locationIds });
    const back = store().integrations.reconnect(made.id, connection(made.locationIds));
    await expect(back).rejects.toMatchObject({ integrationId: other.id });
    expect(await store().integrations.get(made.id)).toMatchObject({ active: false });
  });
});

it('keeps what was found missing for the key that was looked at', async () => {
  const { id, organizationId } = await store().integrations.insert(aNew());
  const rights = async () => (await store().integrations.get(id))?.rights;
  await store().integrations.recordRights(organizationId, {
    missing: ['groups_write'],
    keyVersion: 1,
  });
  expect(await rights()).toEqual({ at: clock.now(), missing: ['groups_write'] });
  await store().integrations.replaceKey(id, { apiKey: 'k2', keyOwnerId: 12 });
  expect(await rights()).toBeNull();
  await store().integrations.recordRights(organizationId, { missing: [], keyVersion: 1 });
  expect(await rights()).toBeNull();
});
