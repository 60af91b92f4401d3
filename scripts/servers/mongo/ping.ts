import mongoose from 'mongoose';

/** @throws Error when no MongoDB answers at this URI within `timeoutMs`. */
export async function pingMongo(uri: string, timeoutMs: number): Promise<void> {
  const connection = mongoose.createConnection(uri, { serverSelectionTimeoutMS: timeoutMs });
  try {
    await connection.asPromise();
    await connection.getClient().db('admin').command({ ping: 1 });
  } finally {
    await connection.close(true);
  }
}
