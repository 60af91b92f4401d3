import type { Locator, Page } from 'playwright-core';

/** Where controls are looked for: the page, or a part of it. */
type Scope = Page | Locator;

/** Goes somewhere by the console's own menu, as people do. */
export async function goTo(page: Page, place: string): Promise<void> {
  // A dialog that a failed test has left open would be in the way of all tests that follow.
  if ((await page.getByRole('dialog').count()) > 0) await page.keyboard.press('Escape');
  await page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: place, exact: true }).waitFor();
}

/** The open dialog of this name. */
export function dialog(page: Page, name: string): Locator {
  return page.getByRole('dialog', { name, exact: true });
}

/** Clicks the button of this name. */
export async function click(scope: Scope, name: string): Promise<void> {
  await scope.getByRole('button', { name, exact: true }).click();
}

/** The field of this label, which may bear the mark of a required one. */
export function field(scope: Scope, label: string): Locator {
  const escaped = label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return scope.getByLabel(new RegExp(`^${escaped}( ?\\*)?$`)).and(scope.locator('input'));
}

/** Picks from a dropdown, typing a part of what is wanted where it can be searched. */
export async function pick(scope: Scope, label: string, option: string | RegExp): Promise<void> {
  await field(scope, label).click();
  const page = 'page' in scope ? scope.page() : scope;
  await page.getByRole('option', { name: option }).first().click();
}

/** The row of a table that holds this text. */
export function row(scope: Scope, text: string | RegExp): Locator {
  return scope.getByRole('row').filter({ hasText: text });
}
