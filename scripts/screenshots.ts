/**
 * `npm run screenshots`: starts everything on this machine with data of its own, fills it, and takes a
 * picture of every page, desktop and phone, light and dark, into docs/screenshots (or the folder that is
 * named as an argument).
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { z } from 'zod';
import { findChromium } from './servers/browser';
import { freePort } from './servers/ports';
import { consoleViews, SCREENS, show, untilLoaded } from './web/catalogue';
import { fillShowcase, type Showcase, type ShowcaseApi } from './web/showcase';
import { addTroubles, type Troubles } from './web/troubles';

const root = join(__dirname, '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

const ADMIN_KEY = 'screenshots-admin-key';
/** Of the simulated Kisi; documented in the README. */
const KISI_KEY = 'simulated-kisi-demo-api-key';
const THEMES = ['light', 'dark'] as const;

async function main(target: string): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-screenshots-'));
  const url = `http://127.0.0.1:${String(await freePort())}`;
  const kisiUrl = `http://127.0.0.1:${String(await freePort())}`;
  const app = startEverything(url, kisiUrl, dataDir);
  try {
    await untilUp(app);
    const api = apiOf(url);
    const filled = await fillShowcase(api, KISI_KEY);
    const showcase = { ...filled, ...(await addTroubles(api, apiOf(kisiUrl), filled)) };
    await mkdir(target, { recursive: true });
    const executablePath = await findChromium({
      root,
      cacheDir: join(root, '.cache'),
      env: process.env,
      log: print,
    });
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    await shootAll(browser, url, api, showcase, target);
    await browser.close();
  } finally {
    app.kill('SIGINT');
    await new Promise((resolveExit) => app.once('exit', resolveExit));
    await rm(dataDir, { recursive: true, force: true });
  }
}

function startEverything(url: string, kisiUrl: string, dataDir: string): ChildProcess {
  const env = {
    ...process.env,
    PORT: new URL(url).port,
    SIMULATOR_PORT: new URL(kisiUrl).port,
    DATA_DIR: dataDir,
    ADMIN_API_KEY: ADMIN_KEY,
    SIMULATOR_API_KEY: KISI_KEY,
  };
  const args = ['--import', 'tsx', join(root, 'scripts', 'start.ts')];
  return spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** @throws Error when it ends before */
async function untilUp(app: ChildProcess): Promise<void> {
  if (!app.stdout) throw new Error('The output of npm start cannot be read');
  for await (const line of createInterface({ input: app.stdout })) {
    print(line);
    if (line.startsWith('Ctrl-C ends')) {
      app.stdout.resume();
      return;
    }
  }
  throw new Error('npm start ended before it was up');
}

function apiOf(url: string): ShowcaseApi {
  return {
    async ok<Body>(method: string, path: string, body?: unknown): Promise<Body> {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${ADMIN_KEY}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${String(response.status)} ${text}`);
      return JSON.parse(text === '' ? 'null' : text) as Body;
    },
  };
}

async function shootAll(
  browser: Browser,
  url: string,
  api: ShowcaseApi,
  showcase: Showcase & Troubles,
  target: string,
): Promise<void> {
  for (const [screen, viewport] of Object.entries(SCREENS)) {
    for (const colorScheme of THEMES) {
      const context = await browser.newContext({
        baseURL: url,
        viewport,
        colorScheme,
        locale: 'en-GB',
        reducedMotion: 'reduce',
      });
      const file = (name: string): string => join(target, `${name}-${screen}-${colorScheme}.png`);
      await shootMyKeys(context, api, showcase, file('my-keys'));
      const page = await context.newPage();
      await page.goto('/sign-in');
      await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
      await shoot(page, file('sign-in'));
      await signIn(context);
      for (const view of consoleViews(showcase)) {
        await show(page, view);
        await shoot(page, file(view.name), view.open === undefined);
      }
      await context.close();
    }
  }
}

async function shootMyKeys(
  context: BrowserContext,
  api: ShowcaseApi,
  { memberId }: Showcase,
  file: string,
): Promise<void> {
  const session = z.object({ token: z.string() });
  const path = `/v1/members/${memberId}/portal-sessions`;
  const { token } = session.parse(await api.ok('POST', path));
  const page = await context.newPage();
  await page.goto(`/my-keys#token=${token}`);
  await page
    .getByRole('button', { name: /^Unlock/ })
    .first()
    .waitFor();
  await untilLoaded(page);
  await shoot(page, file);
  await page.close();
}

async function signIn({ request }: BrowserContext): Promise<void> {
  await request.post('/v1/session', {
    data: { apiKey: ADMIN_KEY },
    headers: { 'X-Latchkey-Client': 'web' },
  });
}

async function shoot(page: Page, path: string, fullPage = true): Promise<void> {
  await page.screenshot({ path, fullPage });
  print(`  ${path}`);
}

main(resolve(process.argv[2] ?? join(root, 'docs', 'screenshots'))).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
