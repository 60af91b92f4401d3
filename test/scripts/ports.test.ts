import { createServer, type AddressInfo } from 'node:net';
import { freePort, pickPort } from '../../scripts/servers/ports';

describe('pickPort', () => {
  it('takes the preferred port when it is free', async () => {
    const port = await freePort();
    const lines: string[] = [];
    expect(await pickPort(port, 'API', (line) => lines.push(line))).toBe(port);
    expect(lines).toEqual([]);
  });

  it.each(['127.0.0.1', '0.0.0.0'])(
    'takes another, and says so, when it is busy on %s',
    async (host) => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, host, resolve));
      const { port } = server.address() as AddressInfo;
      const lines: string[] = [];
      const picked = await pickPort(port, 'API', (line) => lines.push(line));
      expect(picked).not.toBe(port);
      expect(lines).toEqual([`API: port ${port} is busy, taking ${picked}`]);
      await new Promise((resolve) => server.close(resolve));
    },
  );
});
