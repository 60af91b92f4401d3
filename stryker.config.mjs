/**
 * `npm run mutate`: breaks the rules of grants and passes in every small way and sees whether a test
 * of them notices. See docs/mutation-testing.md. Stryker refuses options that it does not know.
 */
const config = {
  mutate: ['src/domain/**/*.ts'],
  plugins: ['@stryker-mutator/jest-runner', './stryker.name-lists.mjs'],
  ignorers: ['name-lists'],
  testRunner: 'jest',
  jest: { configFile: 'jest.mutation.config.mjs' },
  coverageAnalysis: 'perTest',
  // One copy of only what the tests of the rules load. It lies where git, linters and jest do not look.
  tempDirName: '.cache/stryker',
  ignorePatterns: [
    '**',
    '!src/domain/**',
    '!src/contracts/**',
    '!test/domain/**',
    '!jest.config.mjs',
    '!jest.mutation.config.mjs',
  ],
  // A loop without an end is found by its time; the machine may be busy with other things.
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: 'coverage/mutation/index.html' },
  jsonReporter: { fileName: 'coverage/mutation/report.json' },
  thresholds: { high: 95, low: 90, break: 85 },
};

export default config;
