import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const configFile = path.join(root, '.dependency-cruiser.cjs');
const { forbidden } = createRequire(__filename)(configFile) as {
  forbidden: { name: string; comment?: string; severity: string }[];
};

/** A source tree by path, e.g. `{ 'api/app.ts': "import '../src/a';" }`. */
type Tree = Record<string, string>;

interface Violation {
  readonly rule: { readonly name: string };
  readonly from: string;
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** Packages that the fixtures import; only their places matter, so each is an empty module. */
const PACKAGES = {
  dependencies: [
    '@temporalio/workflow',
    '@temporalio/common',
    '@temporalio/worker',
    'undici',
    'nodemailer',
    'mongoose',
    'zod',
  ],
  devDependencies: ['jest'],
  unlisted: ['left-pad'],
};

/** Runs dependency-cruiser with the project's own rules on a tree; returns `rule: file` for each violation. */
function violationsOf(tree: Tree): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'boundaries-'));
  folders.push(folder);
  const write = (file: string, text: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  };
  const versions = (names: string[]): Record<string, string> =>
    Object.fromEntries(names.map((name) => [name, '*']));
  write(
    'package.json',
    JSON.stringify({
      dependencies: versions(PACKAGES.dependencies),
      devDependencies: versions(PACKAGES.devDependencies),
    }),
  );
  for (const name of Object.values(PACKAGES).flat()) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
    write(`node_modules/${name}/index.js`, 'module.exports = {};');
  }
  cpSync(path.join(root, 'tsconfig.json'), path.join(folder, 'tsconfig.json'));
  cpSync(configFile, path.join(folder, '.dependency-cruiser.cjs'));
  for (const [file, text] of Object.entries(tree)) write(file, text);

  const rooms = [...new Set(Object.keys(tree).map((file) => file.split('/')[0] ?? ''))];
  const run = spawnSync(
    process.execPath,
    [
      path.join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.cjs', '--output-type', 'json', ...rooms],
    ],
    { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  if (run.stdout === '') throw new Error(`dependency-cruiser said: ${run.stderr}`);
  const { summary } = JSON.parse(run.stdout) as { summary: { violations: Violation[] } };
  return summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`);
}

/** For each rule, files that break it. The one that must be reported is named `bad-….ts`. */
const violating: Record<string, Tree> = {
  'no-cycles': {
    'src/store/bad-a.ts': "import { b } from './other'; export const a = () => b;",
    'src/store/other.ts': "import { a } from './bad-a'; export const b = () => a;",
  },
  'src-is-below-the-rooms': {
    'src/store/bad-api.ts': "import '../../api/app';",
    'src/access/bad-activities.ts':
      "import type { Activity } from '../../activities/kisi'; export type A = Activity;",
    'src/temporal/bad-workflows.ts': "import '../../workflows/index';",
  },
  'main-is-the-top': { 'src/temporal/bad-main.ts': "import '../main/worker';" },
  'workflows-are-deterministic': {
    'workflows/bad-store.ts': "import '../src/store/grants';",
    'workflows/bad-core.ts': "import 'node:fs';",
    'workflows/bad-npm.ts': "import 'zod';",
    'workflows/bad-config.ts': "import type { A } from '../src/config'; export type B = A;",
  },
  'workflows-see-activities-as-types': {
    'workflows/bad-activities.ts': "import { run } from '../activities/kisi'; run();",
  },
  'domain-is-pure': {
    'src/domain/bad-clock.ts': "import '../clock';",
    'src/domain/bad-core.ts': "import 'node:crypto';",
    'src/domain/bad-npm.ts': "import 'zod';",
  },
  'domain-sees-contracts-as-types': {
    'src/domain/bad-contract.ts':
      "import { name } from '../contracts/names'; export const a = name;",
  },
  'contracts-are-only-names': {
    'src/contracts/bad-npm.ts': "import 'zod';",
    'src/contracts/bad-kisi.ts': "import '../kisi/client';",
  },
  'only-kisi-and-events-speak-http': {
    'src/access/bad-undici.ts': "import 'undici';",
    'simulator/bad-undici.ts': "import 'undici';",
  },
  'only-notices-send-mail': { 'src/access/bad-mail.ts': "import 'nodemailer';" },
  'only-store-speaks-mongodb': {
    'api/bad-mongoose.ts': "import 'mongoose';",
    'src/access/bad-mongoose.ts': "import type { M } from 'mongoose'; export type N = M;",
  },
  'shipped-code-is-self-contained': {
    'src/kisi/bad-simulator.ts': "import '../../simulator/server';",
    'api/bad-test.ts': "import '../test/support/make';",
    'activities/bad-script.ts': "import '../scripts/start';",
    'api/bad-page.ts': "import '../web/src/shared/time';",
  },
  'pages-know-the-api-by-its-document': {
    'web/src/api/bad-domain.ts': "import '../../../src/domain/grant';",
    'web/src/console/bad-type.ts': "import type { X } from '../../../api/app'; export type Y = X;",
  },
  'console-and-my-keys-are-apart': {
    'web/src/my-keys/bad-console.ts': "import '../console/page';",
    'web/src/console/bad-my-keys.ts': "import '../my-keys/page';",
  },
  'shared-parts-of-pages-are-below-them': {
    'web/src/shared/bad-console.ts': "import '../console/page';",
  },
  'simulator-stands-alone': {
    'simulator/bad-client.ts': "import '../src/kisi/client';",
    'simulator/bad-type.ts': "import type { A } from '../src/config'; export type B = A;",
  },
  'api-reaches-workflows-through-contracts': {
    'api/bad-workflows.ts': "import '../workflows/index';",
  },
  'activities-run-in-the-worker-only': {
    'api/bad-activities.ts': "import { run } from '../activities/kisi'; run();",
  },
  'rooms-do-not-call-the-api': { 'activities/bad-api.ts': "import '../api/app';" },
  'api-does-not-load-the-native-core': {
    'api/bad-worker.ts': "import { makeWorker } from '../src/temporal/worker'; makeWorker();",
  },
  'only-development-uses-dev-dependencies': { 'src/store/bad-dev.ts': "import 'jest';" },
  'no-unlisted-packages': { 'src/store/bad-unlisted.ts': "import 'left-pad';" },
  'no-broken-imports': { 'src/store/bad-import.ts': "import './not-there';" },
  'no-orphans': { 'src/store/bad-orphan.ts': 'export const a = 1;' },
};

/** A small project that keeps all rules, and that the violating files are put into. */
const sound: Tree = {
  'src/clock.ts': 'export const now = () => 0;',
  'src/config.ts': "import 'node:fs'; export interface A { b: 1 }",
  'src/domain/windows.ts': "import type { Name } from '../contracts/names'; export type N = Name;",
  'src/domain/grant.ts': "import './windows'; export type G = 1;",
  'src/contracts/names.ts':
    "import '@temporalio/workflow'; import type { N } from '../domain/windows'; export type Name = N | 1; export const name = 1;",
  'src/kisi/client.ts': "import 'undici'; import '../clock';",
  'src/store/grants.ts': "import 'mongoose';",
  'src/access/turn.ts':
    "import '../kisi/client'; import '../store/grants'; import '../domain/grant';",
  'src/temporal/worker.ts': "import '@temporalio/worker'; export const makeWorker = () => 1;",
  'src/main/api.ts': "import '../../api/app'; import '../config';",
  'src/main/worker.ts': "import '../../activities/kisi'; import '../temporal/worker';",
  'activities/kisi.ts':
    "import '../src/access/turn'; export const run = () => 1; export type Activity = 1;",
  'api/app.ts':
    "import '../src/store/grants'; import { type W } from '../workflows/index'; export type X = W;",
  'workflows/index.ts':
    "import '@temporalio/workflow'; import '../src/domain/grant'; import { name } from '../src/contracts/names'; import type * as activities from '../activities/kisi'; export type W = typeof activities; name;",
  'simulator/server.ts': "import 'node:http'; import '../src/clock';",
  'web/src/shared/time.ts': 'export const time = 1;',
  'web/src/console/page.ts': "import '../shared/time';",
  'web/src/my-keys/page.ts': "import '../shared/time';",
  'scripts/start.ts': "import '../simulator/server'; import '../src/config';",
  'test/support/make.ts': "import 'jest'; import 'mongoose'; import '../../simulator/server';",
};

const isBad = (file: string): boolean => path.basename(file).startsWith('bad-');

describe('the import rules', () => {
  it('let a project through that keeps them', () => {
    expect(violationsOf(sound)).toEqual([]);
  });

  const found = new Set<string>();
  beforeAll(() => {
    for (const one of violationsOf(Object.assign({}, sound, ...Object.values(violating)) as Tree)) {
      found.add(one);
    }
  });

  it.each(forbidden.map(({ name }) => name))('%s reports each way of breaking it', (rule) => {
    const files = Object.keys(violating[rule] ?? {}).filter(isBad);

    expect(files).not.toEqual([]);
    for (const file of files) expect([...found]).toContain(`${rule}: ${file}`);
  });

  it('report nothing but the files that break one', () => {
    const reported = [...found].map((one) => one.split(': ')[1] ?? '');

    expect(reported.filter((file) => !isBad(file))).toEqual([]);
  });

  it('are errors, and each says why it is there', () => {
    for (const rule of forbidden) {
      expect(rule.severity).toBe('error');
      expect(rule.comment).toMatch(/^.{40,}\.$/s);
    }
  });

  it('are what npm run boundaries checks, in every folder with code', () => {
    const { scripts } = createRequire(__filename)(path.join(root, 'package.json')) as {
      scripts: Record<string, string>;
    };
    const rooms = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$|dist$)/.test(entry.name))
      .map(({ name }) => name)
      .filter((name) =>
        readdirSync(path.join(root, name), { recursive: true }).some((file) =>
          String(file).endsWith('.ts'),
        ),
      );

    expect(scripts['check']).toContain('npm run boundaries');
    expect(scripts['boundaries']?.split(' ')).toEqual(expect.arrayContaining(rooms));
  });
});
