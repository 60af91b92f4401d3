/*
 * Keeps the files of the page My Keys, so that it opens on a slow network or on none, and nothing else:
 * what the API answers is never kept, so that no key and no Unlock can come out of a store.
 */
const CACHE = 'my-keys-1';
/** The address under which the page is kept, whatever stands behind it: an address may hold a token. */
const PAGE = '/my-keys';
const FILES = ['/color-scheme.js', '/icon.svg', '/icons/my-keys-192.png', '/my-keys.webmanifest'];
/** Names of these hold a digest of what is in them: one that is kept is never out of date. */
const ASSETS = '/assets/';
/** Nothing else is kept as the page, whatever answers at its address. */
const IS_PAGE = /src="\/assets\/my-keys-/;
/** How long the network may take for the page before the kept one is shown, ms. */
const PATIENCE_MS = 4_000;

self.addEventListener('install', (event) => {
  event.waitUntil(
    (async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(FILES);
      await keepPage(await fetch(PAGE, { cache: 'no-cache' }));
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener('activate', (event) => {
  event.waitUntil(
    (async () => {
      const names = await caches.keys();
      const old = names.filter((name) => name.startsWith('my-keys-') && name !== CACHE);
      await Promise.all(old.map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener('fetch', (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== 'GET' || origin !== self.location.origin) return;
  if (request.mode === 'navigate') {
    // The scope is a beginning of addresses, not a folder: others that begin so are not this page.
    if (pathname === PAGE || pathname.startsWith(`${PAGE}/`)) event.respondWith(page(event));
  } else if (pathname.startsWith(ASSETS)) event.respondWith(kept(pathname, request));
  else if (FILES.includes(pathname)) event.respondWith(newest(pathname, request));
});

/** The page from the network; the kept one where that takes too long or fails. */
async function page(event) {
  const answered = fetch(event.request);
  // Said at once: when the kept page is shown first, the event is over before the new one has come.
  event.waitUntil(answered.then((response) => keepPage(response.clone())).catch(() => undefined));
  const old = await match(PAGE);
  if (!old) return answered;
  const fresh = answered.then((response) => {
    if (response.status >= 500) throw new Error(`The page was answered with ${response.status}`);
    return response;
  });
  const late = new Promise((resolve) => {
    setTimeout(resolve, PATIENCE_MS, old);
  });
  return Promise.race([fresh, late]).catch(() => old);
}

/** Keeps the page with all files that it names, and forgets those that it no longer names. */
async function keepPage(response) {
  if (!response.ok || response.redirected) return;
  const html = await response.clone().text();
  if (!IS_PAGE.test(html)) return;
  const assets = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path);
  const cache = await caches.open(CACHE);
  const known = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  await cache.addAll(assets.filter((path) => !known.includes(path)));
  await cache.put(PAGE, response);
  const gone = known.filter((path) => path.startsWith(ASSETS) && !assets.includes(path));
  await Promise.all(gone.map((path) => cache.delete(path)));
}

async function kept(path, request) {
  return (await match(path)) ?? fetch(request);
}

async function newest(path, request) {
  try {
    return await fetch(request);
  } catch (error) {
    const old = await match(path);
    if (old) return old;
    throw error;
  }
}

async function match(path) {
  return (await caches.open(CACHE)).match(path);
}
