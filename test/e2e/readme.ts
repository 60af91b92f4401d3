import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../support/processes';

/** The code blocks of a language below a heading of one of the project's documents, in order. */
export function blocksOf(
  { document, heading }: { document: string; heading: string },
  language = 'sh',
): string[] {
  const text = readFileSync(join(projectRoot, document), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`${document} has no section "${heading}"`);
  const blocks = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'gm');
  return [...section.matchAll(blocks)].map(([, code]) => code ?? '');
}

/** The shell commands below a heading of the README, in order. */
export function blocksBelow(heading: string): string[] {
  return blocksOf({ document: 'README.md', heading });
}

/** The steps of a block: what stands between empty lines. */
export function stepsOf(block: string): string[] {
  return block.split(/\n{2,}/).map((step) => step.trim());
}

/** The one of them that contains the text. */
export function theOne(texts: readonly string[], containing: string): string {
  const found = texts.filter((text) => text.includes(containing));
  const [only] = found;
  if (only === undefined || found.length > 1) {
    throw new Error(`${String(found.length)} places of the document hold: ${containing}`);
  }
  return only;
}
