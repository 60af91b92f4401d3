import { randomUUID } from 'node:crypto';
import { createConnection } from 'mongoose';
import { openStore } from '../../src/store';
import { testServers } from '../support/servers';
import { encryption, T0 } from './fixtures';

const newUri = (): string => testServers().mongoUri(`store-${randomUUID()}`);

describe('openStore', () => {
  it('may be called by several processes at the same moment, and again later', async () => {
    const uri = newUri();
    const stores = await Promise.all([1, 2, 3, 4].map(() => openStore({ uri, encryption })));
    const again = await openStore({ uri, encryption });
    await again.locations.upsert({ id: 'loc', name: 'Mitte', timeZone: 'Europe/Berlin' });
    for (const store of stores) {
      expect((await store.locations.get('loc'))?.name).toBe('Mitte');
    }
    await Promise.all([...stores, again].map((store) => store.close()));
  });

  it('makes the unique rules before it returns', async () => {
    const uri = newUri();
    const store = await openStore({ uri, encryption });
    const raw = await createConnection(uri).asPromise();
    const indexes = await raw.collection('members').indexes();
    expect(indexes).toContainEqual(
      expect.objectContaining({ key: { emailLower: 1 }, unique: true }),
    );
    await raw.close();
    await store.close();
  });

  it('fails loudly when the data contradicts a unique rule', async () => {
    const uri = newUri();
    const raw = await createConnection(uri).asPromise();
    await raw.collection<{ _id: string; emailLower: string }>('members').insertMany([
      { _id: 'a', emailLower: 'same@example.com' },
      { _id: 'b', emailLower: 'same@example.com' },
    ]);
    await expect(openStore({ uri, encryption })).rejects.toMatchObject({ code: 11000 });
    await raw.close();
  });

  it('takes the name of the database from its options, too', async () => {
    const dbName = `store-${randomUUID()}`;
    const named = await openStore({ uri: newUri(), dbName, encryption });
    await named.spaces.upsert({ id: 'room', name: 'Room', locationId: 'loc' });
    const byUri = await openStore({ uri: testServers().mongoUri(dbName), encryption });
    expect(await byUri.spaces.get('room')).not.toBeNull();
    await named.close();
    await byUri.close();
  });

  it('answers a ping while it is open, and not after', async () => {
    const store = await openStore({ uri: newUri(), encryption });
    await expect(store.ping()).resolves.toBeUndefined();
    await store.close();
    await expect(store.ping()).rejects.toThrow();
    await expect(store.locations.get('loc')).rejects.toThrow();
  });

  it('fails within seconds when no server answers', async () => {
    const opening = openStore({ uri: 'mongodb://127.0.0.1:1/latchkey', encryption });
    await expect(opening).rejects.toMatchObject({ name: 'MongooseServerSelectionError' });
  });

  it('refuses a field or filter that the schema does not know', async () => {
    const store = await openStore({ uri: newUri(), encryption });
    const filter: object = { integrationID: 'int_1' };
    await expect(store.doorMappings.list(filter, { limit: 1 })).rejects.toThrow(/integrationID/);
    await store.close();
  });

  it('uses the clock it is given', async () => {
    const store = await openStore({ uri: newUri(), encryption, clock: { now: () => T0 + 5 } });
    const space = await store.spaces.upsert({ id: 'room', name: 'Room', locationId: 'loc' });
    await store.close();
    expect(space).toMatchObject({ id: 'room', createdAt: T0 + 5, updatedAt: T0 + 5 });
  });
});
