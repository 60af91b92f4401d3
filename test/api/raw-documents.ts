import type { ApiUnderTest } from './api-under-test';

/** What lies in a collection, as an intruder would find it. */
export async function rawDocuments(
  { databaseUri }: Pick<ApiUnderTest, 'databaseUri'>,
  collection: string,
): Promise<unknown[]> {
  const mongoose = await import('mongoose');
  const connection = await mongoose.createConnection(databaseUri).asPromise();
  try {
    return await connection.collection(collection).find({}).toArray();
  } finally {
    await connection.close();
  }
}
