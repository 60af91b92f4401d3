/**
 * Lets the page be installed, and shown without a connection. Only where it is a page of its own: in a
 * frame the host decides, and a development server has no files to keep.
 */
export function keepPageForOffline(): void {
  const isFramed = window.self !== window.top;
  if (!import.meta.env.PROD || isFramed || !('serviceWorker' in navigator)) return;
  // No other page of this origin is touched.
  navigator.serviceWorker.register('/my-keys-sw.js', { scope: '/my-keys' }).catch(() => undefined);
}
