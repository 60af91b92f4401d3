import type { Page } from 'playwright-core';

/** Whole in one file, so that the page can take it. */
const TABBABLE = require.resolve('tabbable/dist/index.umd.js');

/**
 * Notes each control that Tab should reach, and how it looks; then each that takes the focus, and whether
 * it looks different. The mark of the focus may be on the control, on what holds it or on what follows it.
 */
const WATCH = `(() => {
  const root = document.querySelector('[role="dialog"]') ?? document.body;
  const holders = ({ parentElement }, levels) =>
    parentElement === null || levels === 0
      ? []
      : [parentElement, ...holders(parentElement, levels - 1)];
  const looksOf = (control) =>
    [control, control.nextElementSibling, ...holders(control, 3)]
      .filter((element) => element !== null)
      .map((element) => {
        const { outline, borderColor, boxShadow, clip } = getComputedStyle(element);
        return [outline, borderColor, boxShadow, clip].join();
      })
      .join();
  // Nothing is looked at half-way through a change of colour.
  const still = new CSSStyleSheet();
  still.replaceSync('* { transition: none !important; }');
  document.adoptedStyleSheets.push(still);
  const first = document.activeElement;
  first.blur();
  const looks = new Map(
    tabbable.tabbable(root, { displayCheck: 'full' }).map((control) => [control, looksOf(control)]),
  );
  // A dialog puts the focus on one of its controls. Who opened it with a pointer sees no mark there.
  first.focus();
  const reached = new Set([first]);
  const unmarked = new Set();
  document.addEventListener('focusin', ({ target }) => {
    reached.add(target);
    if (looks.get(target) === looksOf(target)) unmarked.add(target);
  });
  const words = (element) => element.outerHTML.slice(0, 160);
  const byPointerOnly = [...root.querySelectorAll('*')].filter(
    (element) =>
      getComputedStyle(element).cursor === 'pointer' &&
      element.closest('a[href], button, input, label, select, summary, [tabindex], [role="option"]') === null,
  );
  globalThis.keyboardFaults = () => [
    ...[...looks.keys()]
      .filter((control) => !reached.has(control))
      .map((control) => 'not reached by Tab: ' + words(control)),
    ...[...unmarked].map((control) => 'the focus does not show: ' + words(control)),
    ...byPointerOnly.map((element) => 'for pointers only: ' + words(element)),
  ];
  return looks.size;
})()`;

/** From now on each page can be asked which of its controls take the focus. */
export async function watchKeyboard(page: Page): Promise<void> {
  await page.addInitScript({ path: TABBABLE });
}

/** Inputs of dates have several stops, and some controls show only when they have the focus. */
const MOST_ROUNDS = 4;

/** Walks through what is shown with the Tab key; answers what it does not reach or show, in words. */
export async function keyboardFaults(page: Page): Promise<string[]> {
  const controls = await page.evaluate<number>(WATCH);
  let faults: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    for (let count = 0; count <= controls; count += 1) await page.keyboard.press('Tab');
    faults = await page.evaluate<string[]>('keyboardFaults()');
    if (faults.length === 0) break;
  }
  return faults;
}
