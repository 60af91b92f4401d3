import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(__dirname, '../..');

/** Folders that hold what was fetched, built or recorded, not what was written. */
const NOT_WRITTEN = new Set(['node_modules', 'dist', 'coverage', '.git', '.cache', '.data']);

/** Paths, relative to the root, of the files below a folder that end in one of `endings`. */
export function filesIn(folder: string, ...endings: string[]): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return NOT_WRITTEN.has(entry.name) ? [] : filesIn(file, ...endings);
    return endings.some((ending) => entry.name.endsWith(ending)) ? [file] : [];
  });
}

/** The text of a file, by its path from the root. */
export const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Whether there is a file or folder of this path from the root. */
export const exists = (file: string): boolean => existsSync(path.join(root, file));
