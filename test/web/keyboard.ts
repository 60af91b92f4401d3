import type { Page } from 'playwright-core';

/** Whole in one file, so that the page can take it. */
const TABBABLE = require.resolve('tabbable/dist/index.umd.js');

/**
 * Notes each control that Tab should reach, and how it looks; then each that takes the focus, and whether
 * it looks different. The mark of the focus may be on the control, on what holds it or on what follows it.
 */
const WATCH = `(() => {
  const root = document.querySelector('[role="dialog"]') ?? document.body;
  const looksOf = (control) =>
    [control, control.parentElement, control.nextElementSibling]
      .filter((element) => element !== null)
      .map((element) => {
        const { outline, borderColor, boxShadow, clip } = getComputedStyle(element);
        return [outline, borderColor, boxShadow, clip].join();
      })
      .join();
  document.activeElement.blur();
  const looks = new Map(
    tabbable.tabbable(root, { displayCheck: 'full' }).map((control) => [control, looksOf(control)]),
  );
  const reached = new Set();
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

/** Walks through what is shown with the Tab key; answers what it does not reach or show, in words. */
export async function keyboardFaults(page: Page): Promise<string[]> {
  const controls = await page.evaluate<number>(WATCH);
  // Some pages begin with a control that shows only when it has the focus, such as a skip link.
  for (let count = 0; count < controls + 2; count += 1) await page.keyboard.press('Tab');
  return page.evaluate<string[]>('keyboardFaults()');
}
