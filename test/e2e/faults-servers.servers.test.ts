import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startMongo, type RunningMongo } from '../../scripts/servers/mongo/start-mongo';
import type { ServerOptions } from '../../scripts/servers/options';
import { startTemporal } from '../../scripts/servers/temporal/start-temporal';
import type { Grant } from '../../src/domain/grant';
import type { Member } from '../../src/store';
import {
  build,
  BUILD_TIMEOUT_MS,
  projectRoot,
  withInstallation,
  type Installation,
} from '../support/processes';
import { fromNow, hostOf, iso, type GrantAnswer, type Host } from './host';
import { judgeSince, outcomesOf } from './verdict';

const HOUR = 3_600_000;
const FROZEN_MS = 8_000;

/** Servers of the test's own, which it may stop: never the run's shared ones. */
async function withOwnFolder(work: (options: ServerOptions) => Promise<void>): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-own-server-'));
  const shared = ['MONGODB_URI', 'TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'];
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !shared.includes(name)),
  );
  const cacheDir = join(projectRoot, '.cache');
  try {
    await work({ dataDir, cacheDir, env, log: () => undefined });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The embedded server may lose its last 20 ms when it is killed; a real mongod loses nothing. */
async function end(mongo: RunningMongo): Promise<void> {
  if (mongo.how.startsWith('embedded')) {
    await mongo.stop();
    return;
  }
  process.kill(mongo.pid ?? 0, 'SIGKILL');
  await mongo.died;
}

interface Scene {
  host: Host;
  begun: number;
  lockId: number;
  mapping: string;
  /** Settled grants, each of a member of its own. */
  kept: Holding;
  revoked: Holding;
  extended: Holding;
  /** Ends a little later than the fault; its row is cleaned a minute after that. */
  ending: Holding | null;
}

interface Holding {
  member: Member;
  grantId: string;
}

/** Members with access, before anything goes wrong. */
async function peace(installation: Installation, endingInMs: number | null): Promise<Scene> {
  const host = hostOf(installation);
  const begun = Date.now();
  const organization = await host.connect('Away', 1);
  const [lockId = 0] = organization.lockIds;
  const mapping = await host.map(organization, lockId);
  const hold = async (endsAt?: number): Promise<Holding> => {
    const member = await host.newMember();
    const { body } = await host.grant(member, mapping, endsAt === undefined ? {} : { endsAt });
    await installation.settled(body.id);
    return { member, grantId: body.id };
  };
  const [kept, revoked, extended] = await Promise.all([hold(), hold(), hold()]);
  const ending = endingInMs === null ? null : await hold(fromNow(endingInMs));
  return { host, begun, lockId, mapping, kept, revoked, extended, ending };
}

/** Tries again, as an integrator does, until the API accepts. */
async function insist(
  { api }: Installation,
  method: string,
  path: string,
  body: unknown,
  idempotencyKey: string,
): Promise<GrantAnswer> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await api
      .send<GrantAnswer>(method, path, { body, idempotencyKey })
      .catch(() => null);
    if (answer && answer.status < 300) return answer.body;
    // Whoever is told to try again is told so in the one way that says it is safe.
    if (answer) expect(answer.status).toBe(503);
    if (Date.now() > deadline) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    await sleep(250);
  }
}

/** The changes that are asked for while a server is away. */
async function changeAll(
  installation: Installation,
  { mapping, revoked, extended }: Scene,
  newcomer: Member,
): Promise<{ newcomerGrant: string; extendedUntil: number }> {
  const extendedUntil = fromNow(2 * HOUR);
  const [granted] = await Promise.all([
    insist(
      installation,
      'POST',
      `/v1/members/${newcomer.id}/grants`,
      { doorMappingId: mapping, endsAt: iso(fromNow(HOUR)) },
      'newcomer',
    ),
    insist(installation, 'POST', `/v1/grants/${revoked.grantId}/revoke`, {}, 'revoke'),
    insist(
      installation,
      'PATCH',
      `/v1/grants/${extended.grantId}`,
      { endsAt: iso(extendedUntil) },
      'extend',
    ),
  ]);
  return { newcomerGrant: granted.id, extendedUntil };
}

/** Nothing lost, nothing doubled, the ledger right. */
async function expectRight(
  installation: Installation,
  scene: Scene,
  newcomer: Member,
  changes: { newcomerGrant: string; extendedUntil: number },
): Promise<void> {
  const { until, rowsOf } = installation;
  const { kept, revoked, extended, ending, lockId, begun } = scene;
  await until(changes.newcomerGrant, ({ provisioning }) => provisioning === 'in_place', 60_000);
  await until(revoked.grantId, (grant) => grant.provisioning === 'removed' && grant.settled);
  await until(
    extended.grantId,
    (grant) => grant.settled && grant.endsAt === changes.extendedUntil,
    60_000,
  );
  if (ending) {
    const isGone = ({ provisioning, settled }: Grant) => settled && provisioning === 'removed';
    await until(ending.grantId, isGone, 100_000);
    expect(rowsOf(ending.member)).toEqual([]);
    await judgeSince(installation, ending.member, lockId, begun);
  }
  expect(rowsOf(kept.member)).toHaveLength(1);
  expect(rowsOf(revoked.member)).toEqual([]);
  expect(rowsOf(newcomer)).toHaveLength(1);
  expect(rowsOf(extended.member)).toMatchObject([
    { from: null, until: iso(changes.extendedUntil) },
  ]);
  const told = ['grant accepted', 'grant in_place'];
  expect(await outcomesOf(installation, kept.grantId)).toEqual(told);
  expect(await outcomesOf(installation, changes.newcomerGrant)).toEqual(told);
  expect(await outcomesOf(installation, revoked.grantId)).toEqual([
    ...told,
    'revoke accepted',
    'revoke removed',
  ]);
  expect(await outcomesOf(installation, extended.grantId)).toEqual([
    ...told,
    'change accepted',
    'change in_place',
  ]);
  for (const { member } of [kept, revoked, extended, { member: newcomer }]) {
    await judgeSince(installation, member, lockId, begun);
  }
}

beforeAll(build, BUILD_TIMEOUT_MS);

// Both wait most of the time, so they run at the same time (as jest runs those of one `describe`).
describe('a server that is away', () => {
  it.concurrent(
    'MongoDB stands still, then ends and starts again: work goes on where it was',
    async () => {
      await withOwnFolder(async (options) => {
        let mongo = await startMongo(options);
        const port = Number(new URL(mongo.uri).port);
        try {
          const mongoUri = `${mongo.uri}/e2e`;
          await withInstallation({ mongoUri }, async (installation) => {
            const scene = await peace(installation, null);
            const newcomer = await scene.host.newMember();
            const latecomer = await scene.host.newMember();

            // Frozen: connections stay open and nobody answers.
            process.kill(mongo.pid ?? 0, 'SIGSTOP');
            const changing = changeAll(installation, scene, newcomer);
            await sleep(FROZEN_MS);
            process.kill(mongo.pid ?? 0, 'SIGCONT');
            const changes = await changing;

            // Gone: connections are refused until it is back.
            await end(mongo);
            const late = {
              path: `/v1/members/${latecomer.id}/grants`,
              body: { doorMappingId: scene.mapping, endsAt: iso(fromNow(HOUR)) },
            };
            const granting = insist(installation, 'POST', late.path, late.body, 'latecomer');
            await sleep(3_000);
            mongo = await startMongo({ ...options, preferredPort: port });
            expect(new URL(mongo.uri).port).toBe(String(port));
            const { id } = await granting;
            await installation.until(id, (grant) => grant.provisioning === 'in_place');
            expect(installation.rowsOf(latecomer)).toHaveLength(1);
            await expectRight(installation, scene, newcomer, changes);
          });
        } finally {
          await mongo.stop();
        }
      });
    },
    240_000,
  );

  it.concurrent(
    'Temporal restarts and goes on with every grant, and what was refused meanwhile was not half done',
    async () => {
      await withOwnFolder(async (options) => {
        let temporal = await startTemporal(options);
        const port = Number(temporal.address.split(':')[1]);
        try {
          const { address, namespace } = temporal;
          await withInstallation({ temporal: { address, namespace } }, async (installation) => {
            const scene = await peace(installation, 8_000);
            const newcomer = await scene.host.newMember();
            await temporal.stop();
            const changing = changeAll(installation, scene, newcomer);
            await sleep(5_000);
            temporal = await startTemporal({ ...options, preferredPort: port });
            expect(temporal.address).toBe(address);
            await expectRight(installation, scene, newcomer, await changing);
          });
        } finally {
          await temporal.stop();
        }
      });
    },
    240_000,
  );
});
