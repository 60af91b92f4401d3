import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../support/processes';

/** The code blocks below a heading of the README, in order. */
export function blocksBelow(heading: string): string[] {
  const text = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`The README has no section "${heading}"`);
  return [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].map(([, code]) => code ?? '');
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
    throw new Error(`${String(found.length)} places in the README hold: ${containing}`);
  }
  return only;
}
