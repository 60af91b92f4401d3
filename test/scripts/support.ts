import { createHash } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { chmod, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Temporary folders, PATHs and file servers of one suite; `clean` removes them all. */
export class Workshop {
  private readonly folders: string[] = [];
  private readonly servers: Server[] = [];

  async folder(): Promise<string> {
    const path = await mkdtemp(join(tmpdir(), 'latchkey-scripts-'));
    this.folders.push(path);
    return path;
  }

  /** A PATH with everything that this machine's PATH has, except for the named programs. */
  async pathWithout(...programs: string[]): Promise<string> {
    const folder = await this.folder();
    const taken = new Set(programs);
    for (const source of (process.env['PATH'] ?? '').split(delimiter)) {
      for (const program of await readdir(source).catch(() => [])) {
        if (taken.has(program)) continue;
        taken.add(program);
        await symlink(join(source, program), join(folder, program));
      }
    }
    return folder;
  }

  /** A folder for PATH with one program: the given shell script. */
  async program(name: string, script: string): Promise<string> {
    const folder = await this.folder();
    await writeFile(join(folder, name), script);
    await chmod(join(folder, name), 0o755);
    return folder;
  }

  /** Serves what `answer` gives for a path; undefined is 404. Keeps the paths that were asked for. */
  async fileServer(answer: (path: string) => FileAnswer | undefined): Promise<FileServer> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      const path = (request.url ?? '').replace(/\?.*/, '');
      asked.push(path);
      const found = answer(path);
      if (found === undefined) {
        response.writeHead(404).end();
        return;
      }
      const body = Buffer.from(found.body);
      response.writeHead(200, { 'content-length': body.length });
      if (found.breakOff !== true) response.end(body);
      else {
        response.write(body.subarray(0, body.length / 2), () => {
          response.destroy();
        });
      }
    });
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}`, asked };
  }

  async clean(): Promise<void> {
    for (const server of this.servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    for (const folder of this.folders) await rm(folder, { recursive: true, force: true });
  }
}

interface FileAnswer {
  body: Buffer | string;
  /** Drops the connection half-way. */
  breakOff?: boolean;
}

interface FileServer {
  url: string;
  asked: string[];
}

export function md5(body: Buffer): string {
  return createHash('md5').update(body).digest('hex');
}

/** True while a process with this id exists. */
export function isAlive(pid: number | undefined): boolean {
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
