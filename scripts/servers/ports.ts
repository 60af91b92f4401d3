import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** The preferred port, or a free one (with a word about it) when that one is busy or not given. */
export async function pickPort(
  preferred: number | undefined,
  what: string,
  log: (line: string) => void,
): Promise<number> {
  if (preferred === undefined) return freePort();
  if (await isFree(preferred)) return preferred;
  const port = await freePort();
  log(`${what}: port ${preferred} is busy, taking ${port}`);
  return port;
}

/**
 * Where ports are looked for. From 32768 (Linux) or 49152 (macOS, Windows) on the system gives them out by
 * itself: one of those might be somebody else's before its server has started.
 */
const FIRST_PORT = 15_000;
const LAST_PORT = 32_000;
const ATTEMPTS = 100;

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found between ${FIRST_PORT} and ${LAST_PORT}`);
}

/** Both addresses are tried: where one of them is taken, some systems still give out the other. */
async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port, '0.0.0.0'));
}

function canListen(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, host, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
