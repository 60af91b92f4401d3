import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * The key that encrypts secrets at rest, made once per data folder: without it the stored Kisi keys
 * cannot be read again. Answers the file, in the form that `ENCRYPTION_KEY_FILE` takes.
 */
export async function encryptionKeyFile(dataDir: string): Promise<string> {
  const file = join(dataDir, 'encryption.key');
  await readOrMake(file, () => `k1:${randomBytes(32).toString('base64')}`);
  return file;
}

/** The admin API key of this data folder, made once, so that a later start shows the same. */
export function adminApiKey(dataDir: string): Promise<string> {
  return readOrMake(join(dataDir, 'admin-api-key'), () => randomBytes(24).toString('base64url'));
}

/** Only the owner may read it. An existing file is never overwritten. */
async function readOrMake(file: string, make: () => string): Promise<string> {
  try {
    await writeFile(file, `${make()}\n`, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
