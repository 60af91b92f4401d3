import * as fc from 'fast-check';

/**
 * Loaded before each test file of `npm run mutate`, which runs the property once for each mutant: fewer
 * stories, the same ones each time so that the score is, and a failing one need not be made smaller.
 */
fc.configureGlobal({ numRuns: 400, seed: 20_261_124, endOnFailure: true });
