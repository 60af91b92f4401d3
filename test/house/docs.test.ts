import path from 'node:path';
import { OPERATIONS } from '../../api/operations';
import {
  changeWindowSignal,
  grantStateQuery,
  restoreSignal,
  retryNowSignal,
  revokeSignal,
} from '../../src/contracts/grant-messages';
import { SEARCH_ATTRIBUTES } from '../../src/contracts/search-attributes';
import { exists, filesIn, read } from './project-files';

const documents = filesIn('.', '.md');
const readme = read('README.md');
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

describe('the documentation', () => {
  it.each(documents)('%s links only to what is there', (document) => {
    // The guide is shown by Latchkey itself, which answers /docs/.
    const links = [...read(document).matchAll(/\]\((?!https?:|\/docs\/)([^)\s]+)\)/g)].map(
      ([, link = '']) => link,
    );

    for (const link of links) {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? document : path.join(path.dirname(document), file);
      expect([target, exists(target)]).toEqual([target, true]);
      if (anchor !== undefined) expect(anchorsOf(read(target))).toContain(anchor);
    }
  });

  it.each(documents)('%s names only commands that exist', (document) => {
    for (const [, name = ''] of read(document).matchAll(/npm run ([\w:-]+)/g)) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  it.each(['README.md', 'docs/architecture.md', 'CONTRIBUTING.md'])(
    '%s names only files and folders that exist',
    (document) => {
      const paths = [
        ...read(document).matchAll(
          /`((?:src|api|workflows|activities|simulator|scripts|test|docs|deploy|bench)\/[\w./-]*)`/g,
        ),
      ].map(([, name = '']) => name);

      for (const name of paths) expect([name, exists(name)]).toEqual([name, true]);
    },
  );
});

describe("README's story", () => {
  /** Each call of the story; shell variables, which stand for ids, are filled in. */
  const calls = [
    ...readme.matchAll(/curl -s(?:X (\w+))? "?\$API(\/[^\s"?]*)((?:\\\n|[^\n])*)/g),
  ].map(([, method = 'GET', url = '', rest = '']) => {
    const [, body] = /-d '(.*)'(?: \| |\)|$)/m.exec(rest) ?? [];
    const path = url.replace(/\$\w+/g, 'x');
    return {
      title: `${method} ${url}`,
      body: body?.replace(/"'\$\w+'"/g, '"filled-in"').replace(/'\$\w+'/g, '7'),
      route: OPERATIONS.find(
        (one) => one.method === method.toLowerCase() && pathPattern(one.path).test(path),
      ),
    };
  });

  it('calls only routes that the API has', () => {
    expect(calls.length).toBeGreaterThan(12);
    for (const { title, route } of calls) {
      expect([title, route?.id]).toEqual([title, expect.any(String)]);
    }
  });

  it('sends bodies that the API takes', () => {
    expect(calls.filter(({ body }) => body !== undefined).length).toBe(13);
    for (const { title, route, body } of calls) {
      if (body === undefined) continue;
      const result = route?.body?.safeParse(JSON.parse(body));
      expect([title, result?.success, result?.error?.issues]).toEqual([title, true, undefined]);
    }
  });

  it('sends only signals and queries that a grant knows', () => {
    const names = [...readme.matchAll(/workflow signal .*--name (\w+)/g)].map(([, name]) => name);

    expect(names.sort()).toEqual(
      [changeWindowSignal, restoreSignal, retryNowSignal, revokeSignal]
        .map(({ name }) => name)
        .sort(),
    );
    expect(readme).toContain(`--type ${grantStateQuery.name}`);
  });

  it('names every search attribute', () => {
    for (const { name } of Object.values(SEARCH_ATTRIBUTES))
      expect(readme).toContain(`\`${name}\``);
  });
});

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s/g, '-'),
  );
}

/** `/v1/grants/:id` as an expression that a concrete path matches. */
function pathPattern(route: string): RegExp {
  return new RegExp(`^${route.replace(/:\w+/g, '[^/]+')}$`);
}
