/** `npm run web:types`: writes the types of our own API that the pages are checked against. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { apiTypes } from './web/api-types';

const target = join(__dirname, '..', 'web', 'src', 'api', 'schema.d.ts');

apiTypes()
  .then((text) => writeFile(target, text))
  .catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
