import { gzipSync } from 'node:zlib';
import type { Plugin, Rollup } from 'vite';

/** Most that the first load of each page may weigh, gzipped, in kB (1,000 bytes). */
const BUDGETS_KB: Readonly<Record<string, number>> = { console: 500, 'my-keys': 250 };

/** Prints what the first load of each page weighs, and fails the build when it weighs too much. */
export function printBudget(): Plugin {
  return {
    name: 'latchkey-budget',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const entry of Object.values(bundle)) {
        if (entry.type !== 'chunk' || !entry.isEntry) continue;
        const budgetKb = BUDGETS_KB[entry.name];
        if (budgetKb === undefined) this.error(`The page ${entry.name} has no budget`);
        const kb = firstLoadBytes(bundle, entry) / 1_000;
        const use = Math.round((kb / budgetKb) * 100);
        this.info(
          `first load of ${entry.name}: ${kb.toFixed(0)} kB gzipped of ${String(budgetKb)} kB (${String(use)} %)`,
        );
        if (kb > budgetKb) this.error(`${entry.name} is too heavy at first load`);
      }
    },
  };
}

/** Script and styles that the page asks for before it can show anything: its entry and all it imports. */
function firstLoadBytes(bundle: Rollup.OutputBundle, entry: Rollup.OutputChunk): number {
  const files = new Set<string>();
  const visit = (file: string): void => {
    const item = bundle[file];
    if (!item || files.has(file)) return;
    files.add(file);
    if (item.type !== 'chunk') return;
    item.imports.forEach(visit);
    for (const css of item.viteMetadata?.importedCss ?? []) visit(css);
  };
  visit(entry.fileName);
  return [...files].reduce((sum, file) => sum + gzippedSize(bundle[file]), 0);
}

function gzippedSize(item: Rollup.OutputAsset | Rollup.OutputChunk | undefined): number {
  if (!item) return 0;
  return gzipSync(item.type === 'chunk' ? item.code : item.source).length;
}
