import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { printBudget } from './build/budget.mts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Where the API listens (that of `npm start`); `npm run dev:web` sends what is not a page there. */
const API = process.env.LATCHKEY_API ?? 'http://127.0.0.1:3000';

/**
 * Two pages that share code: the console of admins, and My Keys of members.
 *
 * The API puts a fresh nonce in place of the placeholder with each answer, so that the pages' policy
 * (no inline script, no inline style without the nonce) is as strict as it says.
 */
export default defineConfig({
  root: here('.'),
  plugins: [react(), printBudget()],
  html: { cspNonce: '__CSP_NONCE__' },
  server: { proxy: { '/v1': API, '/docs': API, '/openapi.json': API } },
  build: {
    outDir: here('../dist/web'),
    emptyOutDir: true,
    // Data URLs would need a wider policy.
    assetsInlineLimit: 0,
    manifest: true,
    rollupOptions: { input: { console: here('index.html'), 'my-keys': here('my-keys.html') } },
  },
});
