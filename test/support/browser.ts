import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/servers/browser';
import { SCREENS } from '../../scripts/web/catalogue';
import { testServers } from './servers';

const root = join(__dirname, '..', '..');
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long a control or a text may take to be there, in ms: the machine may be busy. */
const PATIENCE_MS = 20_000;

/** Installing one from the network takes its time; for `beforeAll`. */
export const BROWSER_TIMEOUT_MS = 400_000;

/** A real Chromium. Whoever opens it closes it. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = await findChromium({
    root,
    cacheDir: testServers().cacheDir,
    env: process.env,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  return chromium.launch({ executablePath, headless: true, args: ARGS });
}

/** A page of its own, with cookies of its own, and what the browser complained about on it. */
export interface BrowserPage {
  readonly page: Page;
  /** Uncaught errors, refused scripts and styles, and whatever else was written to the console as an error. */
  readonly complaints: string[];
}

/** Opens a page at `baseUrl` with the rights of a new visitor. */
export async function openPage(
  browser: Browser,
  baseUrl: string,
  options: {
    screen?: keyof typeof SCREENS;
    colorScheme?: 'light' | 'dark';
    zone?: string;
    /** Sent to the server in every request. */
    headers?: Record<string, string>;
  } = {},
): Promise<BrowserPage> {
  const { screen = 'desktop', colorScheme = 'light', zone, headers } = options;
  const context = await browser.newContext({
    baseURL: baseUrl,
    viewport: SCREENS[screen],
    colorScheme,
    locale: 'en-GB',
    // Nothing is looked at half-way through a movement.
    reducedMotion: 'reduce',
    ...(zone !== undefined && { timezoneId: zone }),
    ...(headers && { extraHTTPHeaders: headers }),
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !isRefusal(message.text())) complaints.push(message.text());
  });
  return { page, complaints };
}

/**
 * The browser writes every answer that is no 2xx to the console, and every request that a test cuts off;
 * the pages show those themselves.
 */
function isRefusal(text: string): boolean {
  const reason = /^Failed to load resource: (.*)/.exec(text)?.[1] ?? '';
  return (
    reason.startsWith('the server responded with a status of 4') ||
    reason === 'net::ERR_INTERNET_DISCONNECTED' ||
    reason === 'net::ERR_FAILED'
  );
}
