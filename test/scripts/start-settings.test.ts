import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../src/config';
import { takeDataDir } from '../../scripts/start/data-dir';
import { adminApiKey, encryptionKeyFile } from '../../scripts/start/secrets';
import { readSettings } from '../../scripts/start/settings';
import { Workshop } from './support';

const workshop = new Workshop();
afterAll(() => workshop.clean());

describe('readSettings', () => {
  it('has a default for everything; an empty variable counts as not set', () => {
    expect(readSettings({ PORT: '' })).toEqual({
      apiPort: 3000,
      simulatorPort: 3100,
      temporalPort: 7233,
      temporalUiPort: 8233,
      dataDir: resolve('.data'),
    });
  });

  it('takes what the environment gives', () => {
    const env = { PORT: '4000', DATA_DIR: 'other', KISI_BASE_URL: 'http://127.0.0.1:1/' };
    expect(readSettings(env)).toMatchObject({
      apiPort: 4000,
      dataDir: resolve('other'),
      kisiBaseUrl: 'http://127.0.0.1:1',
    });
  });

  it('takes an admin key of 8 characters', () => {
    expect(readSettings({ ADMIN_API_KEY: 'eight-ch' })).toMatchObject({ adminApiKey: 'eight-ch' });
  });

  it('names every variable that is wrong', () => {
    const env = { PORT: 'web', TEMPORAL_PORT: '70000', ADMIN_API_KEY: 'short' };
    expect(() => readSettings(env)).toThrow(
      /PORT must[^]*TEMPORAL_PORT must[^]*ADMIN_API_KEY must/,
    );
  });
});

describe('the secrets of a data folder', () => {
  it('are made once, for the owner alone, as the processes take them', async () => {
    const dataDir = await workshop.folder();
    const file = await encryptionKeyFile(dataDir);
    const key = await readFile(file, 'utf8');
    const admin = await adminApiKey(dataDir);
    for (const name of ['encryption.key', 'admin-api-key']) {
      expect((await stat(join(dataDir, name))).mode & 0o777).toBe(0o600);
    }
    const config = loadConfig({
      MONGODB_URI: 'mongodb://127.0.0.1:1/x',
      ENCRYPTION_KEY_FILE: file,
      ADMIN_API_KEY: admin,
    });
    expect(config.adminApiKey).toBe(admin);
    expect(config.encryptionKeys[0].key).toHaveLength(32);

    await encryptionKeyFile(dataDir);
    expect(await readFile(file, 'utf8')).toBe(key);
    expect(await adminApiKey(dataDir)).toBe(admin);
    expect(await adminApiKey(await workshop.folder())).not.toBe(admin);
  });
});

describe('takeDataDir', () => {
  it('refuses a folder that another running process has, and names the process', async () => {
    const dataDir = await workshop.folder();
    await writeFile(join(dataDir, 'npm-start.pid'), String(process.ppid));
    await expect(takeDataDir(dataDir)).rejects.toThrow(
      `in use by another npm start (process ${process.ppid})`,
    );
  });

  it('takes over from a process that is gone, and gives the folder back', async () => {
    const dataDir = join(await workshop.folder(), 'made');
    await mkdir(dataDir);
    await writeFile(join(dataDir, 'npm-start.pid'), '999999999');
    const giveBack = await takeDataDir(dataDir);
    expect(await readFile(join(dataDir, 'npm-start.pid'), 'utf8')).toBe(String(process.pid));
    await giveBack();
    await expect(stat(join(dataDir, 'npm-start.pid'))).rejects.toThrow('ENOENT');
  });
});
