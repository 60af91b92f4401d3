import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../scripts/servers/commands';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { pythonSdk } from '../support/python-sdk';
import { testServers } from '../support/servers';
import { hostOf } from './host';
import { blocksOf, theOne } from './readme';
import { withTerminal } from './terminal';

/**
 * Now and then Python crashes when it ends after the SDK's client was used, with everything done and
 * answered (temporalio/sdk-python#300). A script that fails still fails before this.
 */
const SKIP_TEARDOWN = '\n__import__("os")._exit(0)\n';

jest.setTimeout(180_000);
beforeAll(build, BUILD_TIMEOUT_MS);

const DOCUMENT = 'docs/booking-systems.md';
const MEMBERS = ['mem_ada', 'mem_grace', 'mem_lin', 'mem_kay'];

/** What the document's examples name, made over HTTP as it says: a mapped lock, and a plan with it. */
interface House {
  lockId: number;
  couldOpen: (memberId: string) => boolean;
  /** Waits until the ledger says so, and fails with what the platform would be shown. */
  until: (memberId: string, isOpen: boolean) => Promise<void>;
}

async function furnish(installation: Installation): Promise<House> {
  const { api, simulator } = installation;
  const host = hostOf(installation);
  const organization = await host.connect('Booked', 1);
  const [lockId = 0] = organization.lockIds;
  await api.ok('PUT', '/v1/locations/loc_mitte', { name: 'Mitte', timeZone: 'Europe/Berlin' });
  await api.ok('PATCH', `/v1/integrations/${organization.integrationId}`, {
    locationIds: ['loc_mitte'],
  });
  await api.ok('PUT', '/v1/spaces/spc_boardroom', { name: 'Boardroom', locationId: 'loc_mitte' });
  for (const id of MEMBERS) {
    await api.ok('PUT', `/v1/members/${id}`, { email: `${id}@example.com`, name: id });
  }
  const mappingId = await host.map({ ...organization, spaceId: 'spc_boardroom' }, lockId);
  await api.ok('PUT', '/v1/plans/pln_resident', { name: 'Resident' });
  await api.ok('POST', '/v1/plans/pln_resident/door-access', { doorMappingId: mappingId });

  const couldOpen = (memberId: string): boolean =>
    simulator.couldOpen({ email: `${memberId}@example.com`, lockId }).open;
  return {
    lockId,
    couldOpen,
    async until(memberId, isOpen) {
      const deadline = Date.now() + 20_000;
      while (couldOpen(memberId) !== isOpen) {
        if (Date.now() > deadline) {
          const bookings = await api.send('GET', '/v1/bookings');
          throw new Error(`${memberId}, open ${String(isOpen)}: ${JSON.stringify(bookings.body)}`);
        }
        await sleep(50);
      }
    },
  };
}

describe('a booking system that signals Temporal, as the document tells it to', () => {
  it('opens doors with the temporal CLI, changes who has them, and takes them away', async () => {
    const blocks = blocksOf({ document: DOCUMENT, heading: 'With the temporal CLI' });
    await withInstallation({}, async (installation) => {
      const house = await furnish(installation);
      await withTerminal(installation, async (shell) => {
        const type = (containing: string): Promise<string> => shell.run(theOne(blocks, containing));
        expect(MEMBERS.map(house.couldOpen)).toEqual([false, false, false, false]);

        await type('"version": 1,\n    "memberIds": ["mem_ada"]');
        await house.until('mem_ada', true);
        expect(installation.rowsOf({ email: 'mem_ada@example.com' })).toMatchObject([
          { from: null, until: '2040-01-01T11:00:00.000Z' },
        ]);

        await type('"mem_grace"');
        await house.until('mem_grace', true);
        expect(house.couldOpen('mem_ada')).toBe(true);

        await type('membershipAccess');
        await house.until('mem_lin', true);
        expect(installation.rowsOf({ email: 'mem_lin@example.com' })).toMatchObject([
          { from: null, until: null },
        ]);

        // The mistake harms nothing, and whoever looks at the run sees what is wrong.
        await type('"version": 3');
        const shown = await type('workflow result');
        for (const field of ['malformed', 'endsAt', 'status']) expect(shown).toContain(field);
        const booking = await installation.api.ok('GET', '/v1/bookings/bkg_2041');
        expect(booking).toMatchObject({ acceptedVersion: 2, settled: true });
        expect(['mem_ada', 'mem_grace'].map(house.couldOpen)).toEqual([true, true]);

        await type('"deleted": true');
        await house.until('mem_ada', false);
        await house.until('mem_grace', false);
        expect(house.couldOpen('mem_lin')).toBe(true);
      });
    });
  });

  it('opens doors with the Python SDK', async () => {
    const [script = ''] = blocksOf(
      { document: DOCUMENT, heading: 'With the Python SDK' },
      'python',
    );
    const { python, path } = await pythonSdk(testServers().cacheDir);
    await withInstallation({}, async (installation) => {
      const house = await furnish(installation);
      const { temporal, env } = installation;
      await runCommand(python, ['-c', script + SKIP_TEARDOWN], {
        env: {
          PATH: env['PATH'],
          PYTHONPATH: path,
          TEMPORAL_ADDRESS: temporal.address,
          TEMPORAL_NAMESPACE: temporal.namespace,
        },
        timeoutMs: 60_000,
      });
      await house.until('mem_kay', true);
      expect(await installation.api.ok('GET', '/v1/bookings/bkg_2042')).toMatchObject({
        memberIds: ['mem_kay'],
        acceptedVersion: 1,
      });
      expect(house.couldOpen('mem_ada')).toBe(false);
    });
  });
});
