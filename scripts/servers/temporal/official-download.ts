import { createWriteStream } from 'node:fs';
import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { version as sdkVersion } from '@temporalio/testing/package.json';
import { cachedFolder } from '../cache';
import { runCommand } from '../commands';
import type { ServerOptions } from '../options';

const OFFICIAL_ADDRESS = 'https://temporal.download';
/** An answer that does not begin within this time counts as no internet. */
const ANSWER_TIMEOUT_MS = 10_000;

const downloadInfo = z.object({ archiveUrl: z.url(), fileToExtract: z.string().min(1) });

/** The programs that Temporal offers for download, and the file each is kept as. */
export type OfficialArtifact = 'cli' | 'temporal-test-server';

/**
 * The official download of the version that fits the SDK: the same two requests that the SDK's
 * `cached-download` makes (sdk-core, `ephemeral_server`), written here so that a mirror can be named
 * in `TEMPORAL_DOWNLOAD_URL`. Answers the program's path.
 * @throws Error when it cannot be downloaded.
 */
export async function officialDownload(
  artifact: OfficialArtifact,
  options: Pick<ServerOptions, 'cacheDir' | 'env' | 'log'>,
): Promise<string> {
  const { cacheDir, env, log } = options;
  const folder = await cachedFolder(
    cacheDir,
    `temporal-${artifact}-${sdkVersion}`,
    async (unfinished) => {
      const info = await askForArchive(artifact, env);
      log(`Temporal: downloading ${info.archiveUrl} …`);
      const archive = join(unfinished, 'archive');
      await download(info.archiveUrl, archive);
      await extract(archive, unfinished, env);
      await rm(archive);
      await rename(join(unfinished, info.fileToExtract), join(unfinished, programName(artifact)));
      await chmod(join(unfinished, programName(artifact)), 0o755);
    },
  );
  return join(folder, programName(artifact));
}

function programName(artifact: OfficialArtifact): string {
  return artifact === 'cli' ? 'temporal-cli' : 'test-server';
}

async function askForArchive(
  artifact: OfficialArtifact,
  env: NodeJS.ProcessEnv,
): Promise<z.infer<typeof downloadInfo>> {
  const url = new URL(`${env['TEMPORAL_DOWNLOAD_URL'] ?? OFFICIAL_ADDRESS}/${artifact}/default`);
  url.search = new URLSearchParams({
    arch: process.arch === 'x64' ? 'amd64' : process.arch,
    platform: process.platform === 'win32' ? 'windows' : process.platform,
    format: process.platform === 'win32' ? 'zip' : 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': sdkVersion,
  }).toString();
  const response = await get(url);
  return downloadInfo.parse(await response.json());
}

async function get(url: URL | string): Promise<Response> {
  const controller = new AbortController();
  const timer = setTimeout(() => {
    controller.abort(new Error(`no answer within ${ANSWER_TIMEOUT_MS} ms`));
  }, ANSWER_TIMEOUT_MS);
  try {
    const response = await fetch(url, { signal: controller.signal });
    if (!response.ok) throw new Error(`answered ${response.status}`);
    return response;
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${new URL(url).host} cannot be reached: ${reason}`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

async function download(url: string, path: string): Promise<void> {
  const { body } = await get(url);
  if (body === null) throw new Error(`${url} answered without a body`);
  await pipeline(Readable.fromWeb(body), createWriteStream(path));
}

/** `tar` is on Linux, macOS and Windows, and there it also reads zip. */
async function extract(archive: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await runCommand('tar', ['-xf', archive, '-C', folder], { env });
}
