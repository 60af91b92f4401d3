/** @type {import('jest').Config['transform']} */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'commonjs' },
      sourceMaps: 'inline',
    },
  ],
};

const shared = {
  testEnvironment: 'node',
  transform,
  moduleFileExtensions: ['ts', 'js', 'json'],
};

const servers = {
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
};

/** The folders of each project; what is not named here belongs to `processes`. */
const DATABASE = '/test/(access|api|store)/';
const WORKFLOWS = '/test/(workflows|property|temporal)/';
const ON_SERVERS = '.*\\.servers\\.test\\.ts$';

/**
 * Four projects, because they need different care:
 *  - `unit`: needs no server, files run in parallel;
 *  - `database`: real MongoDB protocol and simulator, each file with a database of its own; files run in
 *    parallel;
 *  - `workflows`: real Temporal as well, workers within the test;
 *  - `processes`: real Temporal, and Latchkey as processes of its own, with a real browser for the pages.
 * The last two run in band, since a Temporal server serves one suite at a time. One set of servers per
 * run (`globalSetup`).
 *
 * @type {import('jest').Config}
 */
const config = {
  testTimeout: 60_000,
  projects: [
    {
      ...shared,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '\\.servers\\.test\\.ts$'],
    },
    {
      ...shared,
      ...servers,
      displayName: 'database',
      testRegex: [DATABASE + ON_SERVERS],
    },
    {
      ...shared,
      ...servers,
      displayName: 'workflows',
      testRegex: [WORKFLOWS + ON_SERVERS],
    },
    {
      ...shared,
      ...servers,
      displayName: 'processes',
      testRegex: [ON_SERVERS],
      testPathIgnorePatterns: ['/node_modules/', DATABASE, WORKFLOWS],
    },
  ],
};

export default config;
