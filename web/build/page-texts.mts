import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

const FILE = new URL('../src/texts/en/documents.json', import.meta.url);
/** `{{page.word}}` */
const PLACEHOLDER = /\{\{(\w+)\.(\w+)\}\}/g;

/** What My Keys is installed by, at the root of the pages. */
const MANIFEST = 'my-keys.webmanifest';
const MANIFEST_FILE = new URL(`../${MANIFEST}`, import.meta.url);

/**
 * Puts words into the documents and the manifest, so that all of them are in one place. Fails the build
 * on an unknown one.
 */
export function pageTexts(): Plugin {
  const words = JSON.parse(readFileSync(FILE, 'utf8')) as Words;
  const fill = (text: string): string =>
    text.replace(PLACEHOLDER, (placeholder, page: string, word: string) => {
      const found = words[page]?.[word];
      if (found === undefined) throw new Error(`No text for ${placeholder}`);
      return found;
    });
  const manifest = JSON.stringify(
    JSON.parse(readFileSync(MANIFEST_FILE, 'utf8'), (_name, value: unknown) =>
      typeof value === 'string' ? fill(value) : value,
    ),
  );
  return {
    name: 'latchkey-page-texts',
    transformIndexHtml: { order: 'pre', handler: fill },
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: MANIFEST, source: manifest });
    },
    configureServer({ middlewares }) {
      middlewares.use(`/${MANIFEST}`, (_req, res) => {
        res.setHeader('Content-Type', 'application/manifest+json').end(manifest);
      });
    },
  };
}
