import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from '../../scripts/servers/ports';
import { testServers } from '../support/servers';
import { compose, root } from './compose-file';
import { buildImage, type BuiltImage } from './image';

const exec = promisify(execFile);

/** `npm ci`, the build and `npm prune` on two slow cores. */
const BUILD_TIMEOUT_MS = 480_000;
const START_TIMEOUT_MS = 60_000;

describe('the image, built without Docker', () => {
  let folder: string;
  let image: BuiltImage;
  const running = new Set<ChildProcess>();

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'latchkey-image-'));
    image = await buildImage(root, folder);
  }, BUILD_TIMEOUT_MS);

  afterAll(async () => {
    for (const child of running) child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }, START_TIMEOUT_MS);

  /** The environment of a container: what the image and Compose set, and where to find `node`. */
  const containerEnv = (env: Record<string, string>): Record<string, string> => ({
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    ...image.env,
    ...env,
  });

  it('leaves out only what installs system packages', () => {
    expect(image.skipped).toHaveLength(1);
    expect(image.skipped[0]).toContain('ca-certificates');
  });

  it('holds what runs, and no more', () => {
    const has = (file: string): boolean => existsSync(path.join(image.workDir, file));

    expect(
      ['dist/src/main/api.js', 'dist/src/main/worker.js', 'dist/workflow-bundle.js'].filter(has),
    ).toHaveLength(3);
    expect(
      ['src', 'test', '.env', 'node_modules/jest', 'node_modules/typescript'].filter(has),
    ).toEqual([]);
  });

  it.each(['api', 'worker'])('says what %s needs when nothing is set', async (name) => {
    const [file = '', ...args] = compose.services[name]?.command ?? [];

    const run = await exec(file, args, { cwd: image.workDir, env: containerEnv({}) }).catch(
      (error: unknown) => error as { code: number; stderr: string; stdout: string },
    );

    expect(run).toMatchObject({ code: 1 });
    expect(run.stderr).toContain('MONGODB_URI is not set');
    expect(run.stderr).toContain('ENCRYPTION_KEYS');
    // A person must be able to read it: no stack.
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  it(
    'runs as Compose says: each process gets healthy, and ends when asked',
    async () => {
      const servers = testServers();
      const ports = {
        api: await freePort(),
        worker: await freePort(),
        simulator: await freePort(),
      };
      const own = {
        MONGODB_URI: servers.mongoUri('deploy_image'),
        TEMPORAL_ADDRESS: servers.temporalAddress,
        TEMPORAL_NAMESPACE: await servers.takeNamespace(),
        KISI_BASE_URL: `http://127.0.0.1:${ports.simulator}`,
        KISI_INTEGRATOR_CONTACT: '',
        ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`,
        ADMIN_API_KEY: 'first-admin-key-of-this-test',
        LOG_LEVEL: 'warn',
        PORT: String(ports.api),
        WORKER_PORT: String(ports.worker),
        SIMULATOR_PORT: String(ports.simulator),
        HOST: '127.0.0.1',
        SIMULATOR_HOST: '127.0.0.1',
        DATA_DIR: folder,
      };
      for (const name of ['simulator', 'worker', 'api'] as const) {
        const service = compose.services[name];
        const [file = '', ...args] = service?.command ?? [];
        // Only what Compose passes on, so that a variable it forgets is missing here too.
        const passed = Object.fromEntries(
          Object.entries(own).filter(([variable]) => variable in (service?.environment ?? {})),
        );
        const output: string[] = [];
        const child = spawn(file, args, { cwd: image.workDir, env: containerEnv(passed) });
        running.add(child);
        child.stdout.on('data', (data: Buffer) => output.push(data.toString()));
        child.stderr.on('data', (data: Buffer) => output.push(data.toString()));

        const check = (service?.healthcheck?.test ?? [])
          .slice(1)
          .map((word) => word.replace(/(127\.0\.0\.1):\d+/, `$1:${ports[name]}`));
        await untilHealthy(name, check, child, output);
      }

      for (const child of running) {
        const ended = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGTERM');
        expect(await ended).toBe(0);
        running.delete(child);
      }
    },
    BUILD_TIMEOUT_MS,
  );

  it('fails the health check of a process that does not run', async () => {
    const port = await freePort();

    await expect(
      exec('node', ['deploy/healthcheck.mjs', `http://127.0.0.1:${port}/healthz`], {
        cwd: image.workDir,
      }),
    ).rejects.toMatchObject({ code: 1 });
  });

  async function untilHealthy(
    name: string,
    [file = '', ...args]: string[],
    child: ChildProcess,
    output: readonly string[],
  ): Promise<void> {
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const fault = await exec(file, args, { cwd: image.workDir, env: containerEnv({}) }).then(
        () => null,
        (error: unknown) => (error as { stderr: string }).stderr,
      );
      if (fault === null) return;
      if (child.exitCode !== null || performance.now() > deadline) {
        const firstWords = output.join('').split('\n').slice(0, 20).join('\n');
        throw new Error(`${name} does not get healthy: ${fault}\n${firstWords}`);
      }
      await sleep(250);
    }
  }
});
