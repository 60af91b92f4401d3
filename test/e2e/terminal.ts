import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Installation } from '../support/processes';
import { testServers } from '../support/servers';
import { openShell, type Shell } from '../support/shell';

/**
 * A terminal as the documents presume it: the `temporal` CLI is there and knows the server, and the
 * variables of the README's story are set.
 */
export async function withTerminal(
  installation: Installation,
  work: (shell: Shell) => Promise<void>,
): Promise<void> {
  const { env, temporal, adminApiKey, simulatorUrl } = installation;
  const bin = await mkdtemp(join(tmpdir(), 'latchkey-bin-'));
  await symlink(testServers().temporalCliPath, join(bin, 'temporal'));
  const shell = openShell(
    {
      PATH: [bin, env['PATH']].join(delimiter),
      HOME: bin,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: temporal.namespace,
      API: installation.apiProcess().url,
      SIMULATOR: simulatorUrl,
      AUTH: `Authorization: Bearer ${adminApiKey}`,
      JSON: 'Content-Type: application/json',
    },
    bin,
  );
  try {
    await shell.run(
      `pick() { node -pe "JSON.parse(require('fs').readFileSync(0)).$1"; }   # one value of an answer`,
    );
    await work(shell);
  } finally {
    shell.close();
    await rm(bin, { recursive: true, force: true });
  }
}
