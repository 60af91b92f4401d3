import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { listSources } from '../../scripts/start/build';

const ROOT = join(__dirname, '../..');
/** A file that the pages take in as it is written. */
const RAW = /from '([^']+)\?raw'/g;

it('builds anew when a document changes that the console shows', async () => {
  const sources = await listSources(ROOT);
  const shown = sources
    .filter((file) => /^web\/src\/.*\.tsx?$/.test(file))
    .flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(RAW)].map(([, path = '']) =>
        posix.join(posix.dirname(file), path),
      ),
    );
  expect(shown).toContain('docs/guide.md');
  expect(sources).toEqual(expect.arrayContaining(shown));
});
