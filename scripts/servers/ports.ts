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

/** A port of 127.0.0.1 that nobody listens on now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => {
        resolve(port);
      });
    });
  });
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
