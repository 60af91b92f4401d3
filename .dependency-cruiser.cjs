/**
 * Which room may import which. `npm run boundaries` enforces it, and test/house/boundaries.test.ts
 * shows that every rule bites: a rule added here needs a violation there.
 *
 * Imports point one way: api, activities, workflows → src. The processes in src/main wire the rooms
 * together and are the one exception.
 */

const SHIPPED = '^(src|api|activities|workflows)/';

/** Matches a package wherever npm placed it. */
const npm = (...names) => `(^|/)node_modules/(${names.join('|')})/`;

/** What code that Temporal replays may load: nothing that reads a clock, the network or a disk. */
const DETERMINISTIC = [
  '^workflows/',
  '^src/domain/',
  '^src/contracts/',
  npm('@temporalio/workflow', '@temporalio/common'),
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Modules that need each other cannot be understood, tested or moved apart, and whichever loads first sees the other half-made. Types alone may refer to each other: they are gone when the code runs.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'src-is-below-the-rooms',
      comment:
        'src/ is what the rooms share. If it knew one of them, that room could no longer change, or be left out of a process, by itself. Only src/main, which builds the processes, looks up.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/main/' },
      to: { path: '^(api|activities|workflows)/' },
    },
    {
      name: 'main-is-the-top',
      comment:
        'A file of src/main starts a process when it is loaded, or wires one. Whoever imports one starts it by accident; the processes of a benchmark wire theirs on purpose.',
      severity: 'error',
      from: { pathNot: '^(src/main|test|bench/children)/' },
      to: { path: '^src/main/' },
    },
    {
      name: 'workflows-are-deterministic',
      comment:
        'Temporal replays workflow code and demands the same steps again. Rules (src/domain), names (src/contracts) and the workflow SDK are safe; anything else may read a clock, a disk or the network, or fail to load in the sandbox.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { pathNot: [...DETERMINISTIC, '^activities/'] },
    },
    {
      name: 'workflows-see-activities-as-types',
      comment:
        'A workflow calls activities through proxies. Importing one for real would pull its I/O into the workflow sandbox.',
      severity: 'error',
      from: { path: '^workflows/' },
      to: { path: '^activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'domain-is-pure',
      comment:
        'The rules of grants and passes are tried with thousands of generated cases and run inside workflows, so they import each other and nothing else: no I/O, no clock, no library.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: ['^src/domain/', '^src/contracts/'] },
    },
    {
      name: 'domain-sees-contracts-as-types',
      comment:
        'The shapes that travel may be named in a rule; the signal and query definitions beside them belong to Temporal and must not be loaded by pure code.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: '^src/contracts/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'contracts-are-only-names',
      comment:
        'Workflows, activities, the API and outside clients all load src/contracts, in the workflow sandbox too. It may define messages (@temporalio/workflow, @temporalio/common) and speak of the domain, nothing more.',
      severity: 'error',
      from: { path: '^src/contracts/' },
      to: {
        pathNot: [
          '^src/contracts/',
          '^src/domain/',
          npm('@temporalio/workflow', '@temporalio/common'),
        ],
      },
    },
    {
      name: 'only-kisi-and-events-speak-http',
      comment:
        'Every call to Kisi passes one client, so that the limiter, the timeout, the typed errors and the ownership marks cannot be gone around; everything to a subscriber passes one sender, so that no private address is called. Nobody else calls anybody.',
      severity: 'error',
      from: { path: `${SHIPPED}|^simulator/`, pathNot: '^src/(kisi|events)/' },
      to: { path: npm('undici', 'kisi-client', 'axios', 'got', 'node-fetch', 'ky') },
    },
    {
      name: 'only-notices-send-mail',
      comment:
        'Whatever is mailed is stored as owed first, sent with time limits and a stable Message-ID, and written down after. A mail sent from elsewhere would be none of that.',
      severity: 'error',
      from: { path: `${SHIPPED}|^simulator/`, pathNot: '^src/notices/' },
      to: { path: npm('nodemailer') },
    },
    {
      name: 'only-store-speaks-mongodb',
      comment:
        'Revision guards and the subset of MongoDB that every supported server knows live in src/store. A model that leaves it can be saved without them.',
      severity: 'error',
      from: { path: `${SHIPPED}|^simulator/`, pathNot: '^src/store/' },
      to: { path: npm('mongoose', 'mongodb', 'mongodb-memory-server-core') },
    },
    {
      name: 'shipped-code-is-self-contained',
      comment:
        'The simulator, tests, scripts and benchmarks are not part of a deployment, and the pages run in browsers. Production code that imports them would carry a fake of Kisi, or not start at all.',
      severity: 'error',
      from: { path: SHIPPED },
      to: { path: '^(simulator|test|scripts|bench|web)/' },
    },
    {
      name: 'pages-know-the-api-by-its-document',
      comment:
        "The pages are a client like every other: what they know of the server is its OpenAPI document. Code of the server that they import would come to every visitor's browser.",
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|api|activities|workflows|simulator|test|scripts|bench)/' },
    },
    {
      name: 'console-and-my-keys-are-apart',
      comment:
        'A member on a phone must not load the console of the admins. What both need is in web/src/shared.',
      severity: 'error',
      from: { path: '^web/src/(console|my-keys)/' },
      to: { path: '^web/src/(console|my-keys)/', pathNot: '^web/src/$1/' },
    },
    {
      name: 'shared-parts-of-pages-are-below-them',
      comment:
        'What both pages use knows neither of them: else the one would bring the other along.',
      severity: 'error',
      from: { path: '^web/src/(api|shared|texts)/' },
      to: { path: '^web/src/(console|my-keys)/' },
    },
    {
      name: 'simulator-stands-alone',
      comment:
        'A fake that shares code with the client shares its mistakes, and the tests between the two would prove nothing. It takes only the clock interface and the logger.',
      severity: 'error',
      from: { path: '^simulator/' },
      to: {
        path: '^(src|api|activities|workflows|test|scripts|bench)/',
        pathNot: '^src/(clock|logging)\\.ts$',
      },
    },
    {
      name: 'api-reaches-workflows-through-contracts',
      comment:
        'The API starts and signals workflows by name. Loading one outside of the sandbox fails at the first workflow call, and would tie both to be deployed together. Types may be imported.',
      severity: 'error',
      from: { path: '^api/' },
      to: { path: '^workflows/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'activities-run-in-the-worker-only',
      comment:
        'What an activity does is retried, timed and recorded by Temporal. Called as a plain function it is none of that; shared work belongs in src/access, which both may call.',
      severity: 'error',
      from: { path: '^(api|simulator)/' },
      to: { path: '^activities/' },
    },
    {
      name: 'rooms-do-not-call-the-api',
      comment:
        'The API is an edge. What a workflow or an activity needs from it belongs in src/, where it can be used without HTTP.',
      severity: 'error',
      from: { path: '^(activities|workflows)/' },
      to: { path: '^api/' },
    },
    {
      name: 'api-does-not-load-the-native-core',
      comment:
        '@temporalio/worker loads a native library and its threads. The API needs the client only, and must start without it.',
      severity: 'error',
      from: { path: '^(api/|src/main/api\\.ts$)' },
      to: { path: npm('@temporalio/worker', '@temporalio/core-bridge'), reachable: true },
    },
    {
      name: 'only-development-uses-dev-dependencies',
      comment: 'Dev dependencies are not installed in production (npm ci --omit=dev).',
      severity: 'error',
      from: { path: `${SHIPPED}|^simulator/` },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: npm('@types'),
      },
    },
    {
      name: 'no-unlisted-packages',
      comment:
        'A package that is only there because another one brought it disappears when that one changes. List it in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-broken-imports',
      comment: 'The import leads nowhere: a typo, or a file or package that is not there.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans',
      comment:
        'Nothing imports the file and it imports nothing: it was forgotten, and readers will wonder what it is for.',
      severity: 'error',
      from: { path: SHIPPED, orphan: true, pathNot: '^src/main/' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Sees `import type` too, which disappears when TypeScript is compiled.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
    // Dynamic imports and requires of a name known only at run time are not supported on purpose.
    moduleSystems: ['cjs', 'es6'],
  },
};
