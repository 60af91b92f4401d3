import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { testServers } from '../support/servers';
import { openShell, type Shell } from '../support/shell';
import { hostOf } from './host';
import { blocksBelow, stepsOf, theOne } from './readme';

jest.setTimeout(120_000);

const ADA = 'ada@example.com';

/** The reader's terminal in the middle of the story, and what was asserted of it so far. */
interface Reading {
  installation: Installation;
  shell: Shell;
  /** A step of the story as it stands in the README. */
  text: (containing: string) => string;
  /** Runs a step of the story as it stands in the README and answers what it printed. */
  step: (containing: string) => Promise<string>;
  /** The value of one of the reader's shell variables. */
  variable: (name: string) => Promise<string>;
}

/** Reads the README as a person does: the story's steps in their order, typed into one terminal. */
async function read(work: (reading: Reading) => Promise<void>): Promise<void> {
  const [story = ''] = blocksBelow('The story, with curl');
  const steps = stepsOf(story);
  await withInstallation({}, async (installation) => {
    await connectDemo(installation);
    const bin = await mkdtemp(join(tmpdir(), 'latchkey-bin-'));
    await symlink(testServers().temporalCliPath, join(bin, 'temporal'));
    const { env, temporal } = installation;
    const shell = openShell(
      {
        PATH: [bin, env['PATH']].join(delimiter),
        HOME: bin,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: temporal.namespace,
      },
      bin,
    );
    try {
      await shell.run(withAddresses(installation, theOne(steps, 'export ADMIN_API_KEY=')));
      await work({
        installation,
        shell,
        text: (containing) => theOne(steps, containing),
        step: (containing) => shell.run(theOne(steps, containing)),
        variable: (name) => shell.run(`printf %s "$${name}"`),
      });
    } finally {
      shell.close();
      await rm(bin, { recursive: true, force: true });
    }
  });
}

/** `npm start` has connected the simulated Kisi before the reader begins. */
async function connectDemo({ api }: Installation): Promise<void> {
  await api.ok('POST', '/v1/integrations', {
    provider: 'kisi',
    apiKey: 'simulated-kisi-demo-api-key',
    locationIds: [],
  });
}

/**
 * Asks again until the latest change is settled, as the README tells its reader; the change is known
 * by `shows`, since a 202 may come before it can be read.
 */
async function untilSettled(
  ask: () => Promise<string>,
  shows: Record<string, unknown> = {},
): Promise<Record<string, unknown>> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const grant = JSON.parse(await ask()) as Record<string, unknown>;
    const isThere = Object.entries(shows).every(([name, value]) => grant[name] === value);
    if ((grant['settled'] === true && isThere) || Date.now() > deadline) return grant;
    await sleep(200);
  }
}

/** The one thing of the story that is not typed as it stands: this run's key and ports. */
function withAddresses(
  { adminApiKey, apiProcess, simulatorUrl }: Installation,
  exports: string,
): string {
  const replaced = exports
    .replace('<the key that npm start printed>', adminApiKey)
    .replace('http://127.0.0.1:3000', apiProcess().url)
    .replace('http://127.0.0.1:3100', simulatorUrl);
  expect(replaced).not.toMatch(/<|:3000|:3100/);
  return replaced;
}

beforeAll(build, BUILD_TIMEOUT_MS);

describe('the story of the README, typed as it stands', () => {
  it('grants, prolongs, revokes and restores, as the ledger of the simulated Kisi confirms', async () => {
    await read(async (reading) => {
      const { installation, shell, text, step, variable } = reading;
      const { simulator } = installation;

      const upserts = await step('A building, a room, a member');
      expect(upserts).toContain('"timeZone":"Europe/Berlin"');
      expect(upserts).toContain('"locationId":"loc_story"');
      expect(upserts).toContain(`"email":"${ADA}"`);

      const patched = await step('serves this building too');
      expect(JSON.parse(patched)).toMatchObject({ locationIds: ['loc_story'] });

      await step('Which doors are there?');
      const lockId = Number(await variable('LOCK'));
      expect(simulator.state().locks.map(({ id }) => id)).toContain(lockId);
      expect(await variable('MAPPING')).toMatch(/^dm_/);
      const couldOpen = (): boolean => simulator.couldOpen({ email: ADA, lockId }).open;
      expect(couldOpen()).toBe(false);

      await step('Grant Ada the door.');
      const grantId = await variable('GRANT');
      expect(grantId).toMatch(/^grt_/);
      expect(await untilSettled(() => step('What has become of it?'))).toMatchObject({
        id: grantId,
        memberId: 'mem_ada',
        endsAt: '2040-01-01T12:00:00.000Z',
        status: 'active',
        provisioning: 'in_place',
        settled: true,
      });
      expect(JSON.parse(await step('could she open the door now?'))).toMatchObject({ open: true });
      expect(couldOpen()).toBe(true);

      // Typed again, the request makes no second grant.
      await step('Grant Ada the door.');
      expect(await variable('GRANT')).toBe(grantId);

      // Line by line: each may answer 202 on a busy machine, and is over when the grant is settled.
      const [, longer = '', away = '', back = ''] = text('Longer, away, back.').split('\n');
      const become = async (line: string, shows: Record<string, unknown>) => {
        await shell.run(line);
        const grant = await untilSettled(() => step('What has become of it?'), shows);
        expect(grant).toMatchObject({ ...shows, settled: true });
        return grant;
      };
      const inPlace = { status: 'active', provisioning: 'in_place' };
      const changed = await become(longer, { ...inPlace, endsAt: '2040-01-01T14:00:00.000Z' });
      const revoked = await become(away, { status: 'revoked', provisioning: 'removed' });
      const restored = await become(back, inPlace);
      const ledger = (change: Record<string, unknown>, field: string): boolean => {
        const at = Date.parse(String(change[field])) + 1;
        return simulator.couldOpen({ email: ADA, lockId, at }).open;
      };
      expect(ledger(changed, 'inPlaceAt')).toBe(true);
      expect(ledger(revoked, 'removedAt')).toBe(false);
      expect(ledger(restored, 'inPlaceAt')).toBe(true);
      expect(installation.rowsOf({ email: ADA })).toMatchObject([
        { from: null, until: '2040-01-01T14:00:00.000Z' },
      ]);

      const { data } = JSON.parse(await step('Who was granted this door')) as {
        data: { action: string; status: string; reason: string | null }[];
      };
      // `pending` tells of the group that the lock needs first; how long it shows depends on the machine.
      const told = data
        .filter(({ status }) => status !== 'pending')
        .map(({ action, status }) => `${action} ${status}`)
        .reverse();
      expect(told).toEqual([
        'grant accepted',
        'grant in_place',
        'change accepted',
        'change in_place',
        'revoke accepted',
        'revoke removed',
        'restore accepted',
        'restore in_place',
      ]);
      expect(data.map(({ reason }) => reason)).toContain('Lost badge');
    });
  });

  it('connects an organization of one’s own in one call', async () => {
    await read(async ({ installation, shell }) => {
      installation.simulator.seed({
        organizations: [
          {
            name: 'Own House',
            domain: 'own-house',
            owner: { email: 'owner@own-house.test', apiKeys: ['own-kisi-key'] },
          },
        ],
      });
      await installation.api.ok('PUT', '/v1/locations/loc_story', {
        name: 'Mitte',
        timeZone: 'Europe/Berlin',
      });
      const connect = theOne(blocksBelow('The story, with curl'), '$KISI_API_KEY');
      const answer = await shell.run(`KISI_API_KEY=own-kisi-key\n${connect}`);
      expect(JSON.parse(answer)).toMatchObject({ locationIds: ['loc_story'] });
      expect(answer).not.toContain('own-kisi-key');
    });
  });
});

describe('the booking of the README, typed as it stands', () => {
  it('opens the door of its room until it is cancelled', async () => {
    const [commands = ''] = blocksBelow('Bookings and memberships');
    await read(async ({ installation, shell, step, variable }) => {
      await step('A building, a room, a member');
      await step('serves this building too');
      await step('Which doors are there?');
      const lockId = Number(await variable('LOCK'));
      const couldOpen = (): boolean =>
        installation.simulator.couldOpen({ email: ADA, lockId }).open;
      const type = (containing: string): Promise<string> =>
        shell.run(theOne(stepsOf(commands), containing));

      const confirmed = await untilSettled(() => type('Ada has the boardroom now'));
      expect(confirmed).toMatchObject({ acceptedVersion: 1, settled: true, warnings: [] });
      expect(couldOpen()).toBe(true);
      const cancelled = await untilSettled(() => type('She cancels'));
      expect(cancelled).toMatchObject({ acceptedVersion: 2, settled: true });
      expect(couldOpen()).toBe(false);
      expect(JSON.parse(await type('Ada has the boardroom now'))).toMatchObject({ status: 409 });
    });
  });
});

describe('the commands for operators in the README', () => {
  it('signal, query and list grants with the temporal CLI', async () => {
    const [commands = ''] = blocksBelow('Operating');
    await read(async ({ installation, shell }) => {
      const { simulator, until } = installation;
      const host = hostOf(installation);
      const organization = await host.connect('Operated', 2);
      const [lockId = 0, missing = 0] = organization.lockIds;
      const member = await host.newMember();
      const { body } = await host.grant(member, await host.map(organization, lockId));
      await installation.settled(body.id);
      const lines = commands.trim().split('\n');
      const type = (containing: string): Promise<string> =>
        shell.run(theOne(lines, containing).replace('<id>', body.id));
      const couldOpen = (): boolean => simulator.couldOpen({ email: member.email, lockId }).open;

      await type('--name revoke');
      const revoked = await until(body.id, (grant) => grant.provisioning === 'removed');
      expect(revoked).toMatchObject({ stops: ['admin'], reason: 'Lost badge' });
      expect(couldOpen()).toBe(false);

      await type('--name restore');
      await until(body.id, (grant) => grant.provisioning === 'in_place');
      expect(couldOpen()).toBe(true);

      await type('--name changeWindow');
      const changed = await until(
        body.id,
        (grant) => grant.endsAt === Date.parse('2030-01-01T14:00:00Z') && grant.settled,
      );
      expect(installation.rowsOf(member)).toMatchObject([{ until: '2030-01-01T14:00:00.000Z' }]);

      await type('--name retryNow');
      await until(body.id, (grant) => grant.revision > changed.revision && grant.settled);
      expect(await type('--type state')).toContain(body.id);

      // Trouble that only a person can mend is what operators search for.
      const stranger = await host.newMember();
      const mapping = await host.map(organization, missing);
      simulator.drift({ kind: 'deleteLock', id: missing });
      const broken = await host.grant(stranger, mapping);
      await until(broken.body.id, (grant) => grant.provisioning === 'attention');
      const deadline = Date.now() + 15_000;
      let listed = '';
      while (!listed.includes(broken.body.id) && Date.now() < deadline) {
        listed = await type('workflow list');
        await sleep(200);
      }
      expect(listed).toContain(broken.body.id);
      expect(listed).not.toContain(body.id);
    });
  });
});
