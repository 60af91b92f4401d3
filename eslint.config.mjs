import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Each way of reading the environment; a rule that catches only one of them is easy to miss. */
const readsEnvironment = [
  "MemberExpression[object.name='process'][property.name='env']",
  "VariableDeclarator[init.name='process'] Property[key.name='env']",
  "ImportDeclaration[source.value=/^(node:)?process$/] ImportSpecifier[imported.name='env']",
].map((selector) => ({
  selector,
  message: 'Only src/config.ts reads the environment; take a config value as a parameter.',
}));

const enums = {
  selector: 'TSEnumDeclaration',
  message: 'Use a union of strings: it is what travels in JSON, and it is checked exhaustively.',
};

/** A rule's answer must depend on its arguments alone. */
const impure = [
  {
    selector: "NewExpression[callee.name='Date'][arguments.length=0]",
    message: 'Domain code has no clock; take the time as a parameter.',
  },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Domain code has no clock; take the time as a parameter.',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Domain code has no dice; take the value as a parameter.',
  },
];

const deterministicGlobals = ['process', 'Buffer', 'fetch', 'setImmediate', 'queueMicrotask'].map(
  (name) => ({ name, message: `Deterministic code: no ${name}.` }),
);

export default tseslint.config(
  {
    ignores: [
      'dist/',
      '.cache/',
      '.data/',
      'coverage/',
      'test/replay/histories/',
      'web/src/api/schema.d.ts',
      'web/public/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.{ts,tsx,mts}'],
    extends: [...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'no-restricted-syntax': ['error', enums],
    },
  },
  {
    files: ['{src,api,activities,workflows,simulator}/**/*.ts'],
    ignores: ['src/config.ts'],
    rules: {
      'no-restricted-syntax': ['error', enums, ...readsEnvironment],
      'no-console': 'error',
    },
  },
  {
    files: ['{src,api,activities}/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        {
          name: 'fetch',
          message:
            'Calls to Kisi go through src/kisi: limiter, timeout and typed errors live there.',
        },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts', 'src/domain/**/*.ts'],
    rules: { 'no-restricted-globals': ['error', ...deterministicGlobals] },
  },
  {
    files: ['src/domain/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', enums, ...readsEnvironment, ...impure] },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        URL: 'readonly',
        fetch: 'readonly',
        AbortSignal: 'readonly',
      },
    },
  },
);
