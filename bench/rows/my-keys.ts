import { randomBytes, randomUUID } from 'node:crypto';
import { createMemberTokens } from '../../api/portal-sessions/member-tokens';
import { systemClock } from '../../src/clock';
import type { Grant } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';
import { openStore, type DoorMapping, type Store } from '../../src/store';
import { startChild } from '../children/channel';
import type { ReadsAnswer, ReadsRequest } from '../children/reads-server';
import { loadHttp, type HttpLoad } from '../http-load';
import { inTurns } from '../in-turns';
import { indexedMongo } from '../indexed-mongo';
import type { Benchmark } from '../row';
import { databaseUri } from '../servers';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AT_ONCE = 50;
const CONNECTIONS = 10;
const BY = { type: 'system', id: 'bench' } as const;
/** Seals nothing that is worth keeping. */
const BENCH_KEY = { id: 'bench', key: new Uint8Array(32) };
const ORGANIZATION = 1;

/** Members who are read, each with grants at this many locks and groups of their own choice. */
const READ_MEMBERS = 500;
const GRANTS_EACH = 20;
const GROUP_GRANTS = 4;
const LOCKS = 200;
const GROUPS = 20;
const LOCKS_IN_GROUP = 10;

/** How much is stored. */
interface Size {
  grants: number;
  members: number;
  read: number;
}

/** What a member's list costs, with all that the others have around it. */
export const myKeys: Benchmark = {
  name: 'my-keys',
  title: 'My Keys over HTTP',
  usesTemporal: false,
  async run({ servers, quick, log }) {
    const mongo = await indexedMongo(servers, log);
    try {
      const size = sizeOf(quick, mongo.hasIndexes);
      const uri = databaseUri(mongo.uri, `bench-${randomUUID()}`);
      log(`Storing ${String(size.grants)} grants of ${String(size.members)} members …`);
      const memberIds = await fill(uri, size);
      const child = await startChild<ReadsRequest, ReadsAnswer>('reads-server', {
        ...servers.env,
        MONGODB_URI: uri,
      });
      try {
        const apiKey = randomBytes(24).toString('base64url');
        const { api } = await child.ask({ apiKey, body: null });
        const requests = await requestsOf(memberIds);
        const doors = await countDoors(api, requests[0]);
        const seconds = quick ? 2 : 15;
        const load = (connections: number, forSeconds: number): Promise<HttpLoad> =>
          loadHttp({ url: api, headers: {}, requests, connections, seconds: forSeconds });
        // Once unmeasured, so that it is compiled and connected.
        await load(CONNECTIONS, 2);
        const before = await child.ask({ apiKey, body: null });
        const together = await load(CONNECTIONS, seconds);
        const after = await child.ask({ apiKey, body: null });
        const alone = await load(1, seconds);
        const route = 'GET /v1/my/keys';
        return {
          figures: [
            { name: `${route}, p95`, value: together.p95, unit: 'ms' },
            { name: `${route}, requests`, value: together.perSecond, unit: 'per s' },
            {
              name: `${route}, processor time`,
              value: (after.cpuMs - before.cpuMs) / together.answers,
              unit: 'ms',
            },
            { name: `${route} alone, p95`, value: alone.p95, unit: 'ms' },
          ],
          notes: [
            `${String(size.grants)} grants of ${String(size.members)} members; whoever is read has ${String(GRANTS_EACH)} that live, ${String(GROUP_GRANTS)} of them at groups of ${String(LOCKS_IN_GROUP)} doors: ${String(doors)} doors in the first list. ${String(CONNECTIONS)} connections from another process, ${String(size.read)} members in turn, each with a token of their own. Alone: one connection.`,
            ...(mongo.hasIndexes
              ? []
              : [`this server ignores indexes, so each read scans all grants: ${mongo.advice}`]),
          ],
          mongo: mongo.how,
        };
      } finally {
        await child.stop();
      }
    } finally {
      await mongo.close();
    }
  },
};

function sizeOf(quick: boolean, hasIndexes: boolean): Size {
  if (quick) return { grants: 400, members: 40, read: 10 };
  return hasIndexes
    ? { grants: 100_000, members: 10_000, read: READ_MEMBERS }
    : { grants: 2_000, members: 200, read: 50 };
}

async function requestsOf(
  memberIds: readonly string[],
): Promise<{ path: string; headers: Record<string, string> }[]> {
  const tokens = createMemberTokens({
    encryptionKeys: [BENCH_KEY],
    sessionMinutes: 60,
    clock: systemClock,
  });
  return Promise.all(
    memberIds.map(async (id) => {
      const { token } = await tokens.issue(id);
      return { path: '/v1/my/keys', headers: { authorization: `Bearer ${token}` } };
    }),
  );
}

/** @throws Error where the list is not what was stored: the figures would be of something else */
async function countDoors(
  api: string,
  request: { path: string; headers: Record<string, string> } | undefined,
): Promise<number> {
  if (!request) throw new Error('Nobody is read.');
  const response = await fetch(api + request.path, { headers: request.headers });
  if (!response.ok) throw new Error(`The API answered ${String(response.status)}.`);
  const { data } = (await response.json()) as { data: unknown[] };
  if (data.length < GRANTS_EACH) throw new Error(`Only ${String(data.length)} doors are listed.`);
  return data.length;
}

/** Stores doors, members and grants; answers the ids of those who are read, from all over. */
async function fill(uri: string, size: Size): Promise<string[]> {
  const store = await openStore({ uri, encryption: [BENCH_KEY] });
  try {
    const mappings = await storeDoors(store);
    const ids = Array.from({ length: size.members }, (_, index) => `mem_${String(index)}`);
    const step = Math.floor(size.members / size.read);
    const isRead = (index: number): boolean => index % step === 0 && index / step < size.read;
    const ofOthers = size.grants - size.read * GRANTS_EACH;
    const each = Math.ceil(ofOthers / (size.members - size.read));
    let left = ofOthers;
    await inTurns([...ids.entries()], AT_ONCE, async ([index, id]) => {
      await store.members.upsert({ id, email: `${id}@example.com`, name: null });
      const count = isRead(index) ? GRANTS_EACH : Math.min(each, left);
      if (!isRead(index)) left -= count;
      for (let nth = 0; nth < count; nth += 1) {
        const mapping = mappingOf(mappings, index, nth);
        await store.grants.insertAccepted(grantOf(id, mapping, isRead(index), nth));
      }
    });
    return ids.filter((_, index) => isRead(index));
  } finally {
    await store.close();
  }
}

/** Each member's own choice of doors: first groups, then locks. */
function mappingOf(mappings: readonly DoorMapping[], member: number, nth: number): DoorMapping {
  const [groups, locks] = [mappings.slice(0, GROUPS), mappings.slice(GROUPS)];
  const of = nth < GROUP_GRANTS ? groups : locks;
  const mapping = of[(member * 7 + nth) % of.length];
  if (!mapping) throw new Error('There are no doors.');
  return mapping;
}

/** One that lives, or one that ended long ago, as most that are stored have. */
function grantOf(memberId: string, { id }: DoorMapping, lives: boolean, nth: number): Grant {
  const endedAt = Date.now() - (nth + 1) * DAY;
  const window = lives
    ? { startsAt: Date.now() - HOUR, endsAt: Date.now() + DAY }
    : { startsAt: endedAt - HOUR, endsAt: endedAt };
  const accepted = acceptedGrant(
    {
      id: `grt_${randomUUID()}`,
      memberId,
      doorMappingId: id,
      source: 'booking',
      sourceId: `bkg_${String(nth)}`,
      reason: null,
      ...window,
    },
    window.startsAt - DAY,
    BY,
  );
  return { ...accepted, settled: true, provisioning: lives ? 'in_place' : 'removed' };
}

async function storeDoors(store: Store): Promise<DoorMapping[]> {
  await store.locations.upsert({ id: 'loc_bench', name: 'House', timeZone: 'Europe/Berlin' });
  const { id: integrationId } = await store.integrations.insert({
    id: 'int_bench',
    organizationId: ORGANIZATION,
    organizationName: 'Benchmark House',
    keyOwnerId: 1,
    apiKey: 'bench',
    locationIds: ['loc_bench'],
    createdBy: BY,
  });
  const now = Date.now();
  const condition = { configured: true, online: true, lockedDown: false };
  const open = {
    geofenceRestrictionEnabled: false,
    readerRestrictionEnabled: false,
    timeRestrictionEnabled: false,
  };
  const lockIds = Array.from({ length: LOCKS }, (_, index) => 1_000 + index);
  const locks = lockIds.map((lockId) => ({
    lockId,
    name: `Door ${String(lockId)}`,
    placeName: 'House',
    ...condition,
    ...open,
  }));
  const groups = Array.from({ length: GROUPS }, (_, index) => ({
    groupId: 5_000 + index,
    name: `Group ${String(index)}`,
    lockIds: lockIds.slice(index * LOCKS_IN_GROUP, (index + 1) * LOCKS_IN_GROUP),
    loginEnabled: true,
    primaryDeviceRestrictionEnabled: false,
    managedDeviceRestrictionEnabled: false,
    tapToAccessRestrictionEnabled: false,
    ...open,
  }));
  await store.kisiDoors.putLocks(ORGANIZATION, locks, now);
  await store.kisiDoors.putGroups(ORGANIZATION, groups, now);
  const map = (
    resourceType: DoorMapping['resourceType'],
    resourceId: number,
    name: string,
  ): Promise<DoorMapping> =>
    store.doorMappings.insert({
      id: `dm_${String(resourceId)}`,
      integrationId,
      organizationId: ORGANIZATION,
      locationId: 'loc_bench',
      spaceId: null,
      resourceType,
      resourceId,
      name,
      active: true,
      createdBy: BY,
    });
  return [
    ...(await Promise.all(groups.map(({ groupId, name }) => map('group', groupId, name)))),
    ...(await Promise.all(locks.map(({ lockId, name }) => map('lock', lockId, name)))),
  ];
}
