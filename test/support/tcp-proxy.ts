import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A wire between a process and a server, of which a test can cut one direction. */
export interface TcpProxy {
  /** host:port to give to the process instead of the server's own. */
  readonly address: string;
  /** Requests still reach the server, answers no longer reach the process. */
  withholdAnswers(): void;
  mend(): void;
  close(): Promise<void>;
}

/** @param target host:port of the real server */
export async function startTcpProxy(target: string): Promise<TcpProxy> {
  const [host = '', port = ''] = target.split(':');
  const sockets = new Set<Socket>();
  let withheld = false;
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      // A connection that breaks is what the proxy is for.
      socket.on('error', () => undefined);
    }
    near.pipe(far);
    far.on('data', (chunk) => {
      if (!withheld) near.write(chunk);
    });
    near.once('close', () => far.destroy());
    far.once('close', () => {
      near.destroy();
      sockets.delete(far);
      sockets.delete(near);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const destroyAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    withholdAnswers() {
      withheld = true;
    },
    mend() {
      // A stream that has lost bytes is of no use any more.
      if (withheld) destroyAll();
      withheld = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        destroyAll();
      }),
  };
}
