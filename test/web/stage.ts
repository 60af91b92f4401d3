import type { Browser, Page } from 'playwright-core';
import { BROWSER_TIMEOUT_MS, openBrowser, openPage, type BrowserPage } from '../support/browser';
import { field } from './people';
import {
  BUILD_TIMEOUT_MS,
  openInstallation,
  type Installation,
  type InstallationOptions,
} from '../support/processes';

/** A test waits for several things in turn, each of which may take its 20 s on a busy machine. */
jest.setTimeout(180_000);

/** For `beforeAll`: a build, servers and a browser may have to be fetched first. */
export const STAGE_TIMEOUT_MS = BROWSER_TIMEOUT_MS + BUILD_TIMEOUT_MS;

/** Latchkey as in production with its pages, a simulated Kisi, and a browser in front of it. */
export interface Stage extends Installation {
  readonly browser: Browser;
  /** The pages' address. */
  readonly url: string;
  /** A new visitor. */
  visit: (options?: Parameters<typeof openPage>[2]) => Promise<BrowserPage>;
  /** A visitor who has signed in with the admin key, at the overview. */
  admin: (options?: Parameters<typeof openPage>[2]) => Promise<BrowserPage>;
  /** Ends everything; fails when the browser had something to complain of. */
  close: () => Promise<void>;
}

export async function openStage(options: InstallationOptions = {}): Promise<Stage> {
  const { installation, close } = await openInstallation({
    ...options,
    env: { TRUST_PROXY_HOPS: '1', ...options.env },
  });
  const visitors: BrowserPage[] = [];
  const browser = await openBrowser().catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const { url } = installation.apiProcess();
  const visit: Stage['visit'] = async (how) => {
    // Each comes from an address of their own: sign-ins are counted by address.
    const headers = { 'X-Forwarded-For': `10.0.0.${String(visitors.length + 1)}` };
    const visitor = await openPage(browser, url, { headers, ...how });
    visitors.push(visitor);
    return visitor;
  };
  return {
    ...installation,
    browser,
    url,
    visit,
    async admin(how) {
      const visitor = await visit(how);
      await visitor.page.goto('/');
      await signIn(visitor.page, installation.adminApiKey);
      return visitor;
    },
    async close() {
      await browser.close();
      await close();
      // An uncaught error, or something that the pages' own policy refused.
      expect(visitors.flatMap(({ complaints }) => complaints)).toEqual([]);
    },
  };
}

/** On the sign-in page: with an API key. */
export async function signIn(page: Page, apiKey: string): Promise<void> {
  await field(page, 'API key').fill(apiKey);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
}
