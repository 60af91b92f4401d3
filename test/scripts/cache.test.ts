import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '../../scripts/servers/cache';
import { Workshop } from './support';

const workshop = new Workshop();
afterAll(() => workshop.clean());

describe('cachedFolder', () => {
  it('fills a folder once', async () => {
    const cacheDir = join(await workshop.folder(), 'made-when-missing');
    const fill = jest.fn((folder: string) => writeFile(join(folder, 'program'), 'whole'));
    const first = await cachedFolder(cacheDir, 'tool', fill);
    const second = await cachedFolder(cacheDir, 'tool', fill);
    expect(first).toBe(second);
    expect(fill).toHaveBeenCalledTimes(1);
    expect(await readFile(join(first, 'program'), 'utf8')).toBe('whole');
  });

  it('keeps nothing of a fill that failed, and fills again the next time', async () => {
    const cacheDir = await workshop.folder();
    const failing = cachedFolder(cacheDir, 'tool', async (folder) => {
      await writeFile(join(folder, 'program'), 'ha');
      throw new Error('connection lost');
    });
    await expect(failing).rejects.toThrow('connection lost');
    expect(await readdir(cacheDir)).toEqual([]);
    const folder = await cachedFolder(cacheDir, 'tool', (path) =>
      writeFile(join(path, 'program'), 'whole'),
    );
    expect(await readdir(folder)).toEqual(['program']);
  });

  it('shows nothing before it is whole, and one of two runs at once wins', async () => {
    const cacheDir = await workshop.folder();
    const slow = async (folder: string): Promise<void> => {
      await writeFile(join(folder, 'half'), '');
      expect(await readdir(cacheDir)).not.toContain('tool');
      await new Promise((resolve) => setTimeout(resolve, 50));
      await writeFile(join(folder, 'other-half'), '');
    };
    const folders = await Promise.all([
      cachedFolder(cacheDir, 'tool', slow),
      cachedFolder(cacheDir, 'tool', slow),
    ]);
    expect(new Set(folders)).toEqual(new Set([join(cacheDir, 'tool')]));
    expect(await readdir(cacheDir)).toEqual(['tool']);
    expect((await readdir(join(cacheDir, 'tool'))).sort()).toEqual(['half', 'other-half']);
  });
});
