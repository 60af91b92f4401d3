import config from './jest.config.mjs';

const unit = config.projects.find(({ displayName }) => displayName === 'unit');

/**
 * The tests of the rules alone, as `npm run mutate` runs them some hundred times.
 *
 * @type {import('jest').Config}
 */
export default {
  ...unit,
  testTimeout: config.testTimeout,
  testMatch: ['<rootDir>/test/domain/**/*.test.ts'],
  setupFiles: ['<rootDir>/test/domain/mutation-run.ts'],
};
