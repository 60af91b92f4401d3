import path from 'node:path';
import { filesIn, read } from './project-files';

/** What people write by hand; data and recordings have rules of their own. */
const sources = filesIn('.', '.ts', '.tsx', '.mjs', '.cjs').filter(
  (file) => !file.startsWith('test/replay/histories'),
);
const texts = [...sources, ...filesIn('.', '.md', '.yml', '.yaml', '.sh', 'Dockerfile')];

/** Each line of a file, with its number, that matches. */
function linesWith(file: string, pattern: RegExp): string[] {
  return read(file)
    .split('\n')
    .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : []));
}

describe('the house rules that no linter knows', () => {
  it('look at all the sources', () => {
    expect(sources).toEqual(
      expect.arrayContaining(['src/config.ts', 'workflows/grant-access.ts', 'api/app.ts']),
    );
  });

  it('name files in kebab-case', () => {
    const wrong = sources.filter(
      (file) => !/^[.a-z][a-z0-9-]*(\.[a-z0-9-]+)*$/.test(path.basename(file)),
    );

    expect(wrong).toEqual([]);
  });

  it('give each suppression a reason', () => {
    const wrong = sources.flatMap((file) =>
      linesWith(file, /(eslint-disable|@ts-expect-error|@ts-ignore|@ts-nocheck)/).filter(
        (line) => !/ -- \S.{10,}/.test(line) && !file.startsWith('test/house/'),
      ),
    );

    expect(wrong).toEqual([]);
  });

  it('leave no note for later', () => {
    const wrong = sources.flatMap((file) => linesWith(file, /\b(TO[D]O|FIX[M]E|X[X]X)\b/));

    expect(wrong).toEqual([]);
  });

  it('skip and single out no test', () => {
    const wrong = filesIn('test', '.test.ts').flatMap((file) =>
      linesWith(file, /^\s*((describe|it|test)\.(skip|only|todo)\b|x(it|describe)\()/),
    );

    expect(wrong.filter((line) => !line.startsWith('test/house/'))).toEqual([]);
  });

  it('name no path of the machine that the code was written on', () => {
    const wrong = texts.flatMap((file) =>
      linesWith(file, /\/(work\/main|root\/|home\/(?!node\b))/),
    );

    expect(wrong.filter((line) => !line.startsWith('test/house/'))).toEqual([]);
  });
});
