import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Rolldown } from 'vite';
import { printBudget } from './build/budget.mts';
import { pageTexts } from './build/page-texts.mts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the API listens (that of `npm start`); `npm run dev:web` sends what is not a page there. */
const API = process.env.LATCHKEY_API ?? 'http://127.0.0.1:3000';

const CONSOLE: Rolldown.RolldownOptions = { input: { console: here('index.html') } };
const MY_KEYS: Rolldown.RolldownOptions = {
  input: { 'my-keys': here('my-keys.html') },
  // On a slow network each file costs a round trip.
  output: { codeSplitting: false },
};

/**
 * Two pages of the same parts: the console of admins, and My Keys of members (`--mode my-keys`). Each is
 * built by itself, since nobody who opens one needs what only the other does.
 *
 * The API puts a fresh nonce in place of the placeholder with each answer, so that the pages' policy
 * (no inline script, no inline style without the nonce) is as strict as it says.
 */
export default defineConfig(({ mode }) => {
  const isMyKeys = mode === 'my-keys';
  return {
    root: here('.'),
    plugins: [react(), pageTexts(), printBudget()],
    html: { cspNonce: '__CSP_NONCE__' },
    server: { proxy: { '/v1': API, '/docs': API, '/openapi.json': API } },
    build: {
      outDir: here('../dist/web'),
      // My Keys is built after the console, into the same folder.
      emptyOutDir: !isMyKeys,
      // Data URLs would need a wider policy.
      assetsInlineLimit: 0,
      rolldownOptions: isMyKeys ? MY_KEYS : CONSOLE,
    },
  };
});
