import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';

type Words = Readonly<Record<string, Readonly<Record<string, string>>>>;

const FILE = new URL('../src/texts/en/documents.json', import.meta.url);
/** `{{page.word}}` */
const PLACEHOLDER = /\{\{(\w+)\.(\w+)\}\}/g;

/** Puts words into the documents, so that all of them are in one place. Fails the build on an unknown one. */
export function pageTexts(): Plugin {
  const words = JSON.parse(readFileSync(FILE, 'utf8')) as Words;
  return {
    name: 'latchkey-page-texts',
    transformIndexHtml: {
      order: 'pre',
      handler: (html) =>
        html.replace(PLACEHOLDER, (placeholder, page: string, word: string) => {
          const text = words[page]?.[word];
          if (text === undefined) throw new Error(`No text for ${placeholder}`);
          return text;
        }),
    },
  };
}
