import { randomBytes, randomUUID } from 'node:crypto';
import type { Grant } from '../../src/domain/grant';
import { openStore, type Store } from '../../src/store';
import { startChild, type BenchChild } from '../children/channel';
import type { ReadsAnswer, ReadsRequest } from '../children/reads-server';
import { loadHttp, type HttpLoad, type HttpLoadOptions } from '../http-load';
import { inTurns } from '../in-turns';
import { indexedMongo } from '../indexed-mongo';
import type { Benchmark, Figure } from '../row';
import { databaseUri } from '../servers';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GRANTS_EACH = 20;
const CONNECTIONS = 10;
const AT_ONCE = 50;
const BY = { type: 'system', id: 'bench' } as const;

/** What is read, each beside what Express alone can do on this machine. */
const ROUTES = [
  {
    name: 'GET /v1/members/:id/grants',
    pathOf: (memberId: string) => `/v1/members/${memberId}/grants`,
  },
] as const;
type Route = (typeof ROUTES)[number];

/** Reads over HTTP of members who have grants. */
export const reads: Benchmark = {
  name: 'reads',
  title: 'Reads over HTTP',
  usesTemporal: false,
  async run({ servers, quick, log }) {
    const mongo = await indexedMongo(servers, log);
    try {
      const count = quick ? 400 : mongo.hasIndexes ? 100_000 : 2_000;
      const uri = databaseUri(mongo.uri, `bench-${randomUUID()}`);
      log(`Storing ${String(count)} grants in ${mongo.how} …`);
      const members = await fill(uri, count);
      const child = await startChild<ReadsRequest, ReadsAnswer>('reads-server', {
        ...servers.env,
        MONGODB_URI: uri,
      });
      try {
        const figures: Figure[] = [];
        for (const route of ROUTES) {
          log(`${route.name} …`);
          figures.push(...(await measure(route, { child, members, seconds: quick ? 2 : 15 })));
        }
        return {
          figures,
          notes: [
            `${String(count)} grants stored, ${String(GRANTS_EACH)} a member, a page of all of theirs each time; ${String(CONNECTIONS)} connections from another process, members in turn, log lines written. Alone: one connection, so that no request waits for another. Processor time: of the API's process for each answer, which other work on the machine changes least.`,
            'the bare route answers with the same body from memory: no key, no check, no database, no log.',
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

interface Setting {
  child: BenchChild<ReadsRequest, ReadsAnswer>;
  /** The ids of those who are read, in turn. */
  members: readonly string[];
  /** How long each load lasts. */
  seconds: number;
}

/** What a load came to, with the processor time that the server took for each answer. */
interface Served extends HttpLoad {
  cpuMs: number;
}

async function measure(route: Route, { child, members, seconds }: Setting): Promise<Figure[]> {
  const apiKey = randomBytes(24).toString('base64url');
  const headers = { authorization: `Bearer ${apiKey}` };
  const paths = members.map(route.pathOf);
  const { api } = await child.ask({ apiKey, body: null });
  const page = await fetch(api + (paths[0] ?? ''), { headers });
  if (!page.ok) throw new Error(`The API answered ${String(page.status)}.`);
  const body: unknown = await page.json();
  const { bare } = await child.ask({ apiKey, body });

  const serve = async (options: HttpLoadOptions): Promise<Served> => {
    const before = await child.ask({ apiKey, body });
    const done = await loadHttp(options);
    const after = await child.ask({ apiKey, body });
    return { ...done, cpuMs: (after.cpuMs - before.cpuMs) / done.answers };
  };
  const requests = paths.map((path) => ({ path }));
  const ours = { url: api, headers, requests, connections: CONNECTIONS, seconds };
  const express = {
    url: bare,
    headers: {},
    requests: [{ path: '/' }],
    connections: CONNECTIONS,
    seconds,
  };
  // Once unmeasured, so that both are compiled and connected.
  await serve({ ...ours, seconds: 2 });
  await serve({ ...express, seconds: 2 });
  return toFigures(route.name, {
    ours: await serve(ours),
    express: await serve(express),
    alone: await serve({ ...ours, connections: 1 }),
  });
}

function toFigures(
  route: string,
  { ours, express, alone }: Record<'ours' | 'express' | 'alone', Served>,
): Figure[] {
  return [
    { name: `${route}, p95`, value: ours.p95, unit: 'ms' },
    { name: `${route}, requests`, value: ours.perSecond, unit: 'per s' },
    { name: `${route}, processor time`, value: ours.cpuMs, unit: 'ms' },
    { name: `${route} alone, p95`, value: alone.p95, unit: 'ms' },
    { name: 'bare Express, p95', value: express.p95, unit: 'ms' },
    { name: 'bare Express, requests', value: express.perSecond, unit: 'per s' },
    { name: 'bare Express, processor time', value: express.cpuMs, unit: 'ms' },
    {
      name: 'bare Express ÷ this route, requests',
      value: express.perSecond / ours.perSecond,
      unit: 'ratio',
    },
  ];
}

/** Stores members with their grants; answers some of the members' ids, from all over. */
async function fill(uri: string, count: number): Promise<string[]> {
  const store = await openStore({ uri, encryption: [{ id: 'bench', key: new Uint8Array(32) }] });
  try {
    const members = Array.from(
      { length: count / GRANTS_EACH },
      (_, index) => `mem_${String(index)}`,
    );
    await inTurns(members, AT_ONCE, async (id) => {
      await store.members.upsert({ id, email: `${id}@example.com`, name: null });
      await storeGrants(store, id);
    });
    const step = Math.ceil(members.length / 500);
    return members.filter((_, index) => index % step === 0);
  } finally {
    await store.close();
  }
}

async function storeGrants(store: Store, memberId: string): Promise<void> {
  const now = Date.now();
  for (let index = 0; index < GRANTS_EACH; index += 1) {
    await store.grants.insertAccepted(grantOf(memberId, now - index * DAY));
  }
}

/** One that ended long ago, as most that are stored have. */
function grantOf(memberId: string, at: number): Grant {
  return {
    id: `grt_${randomUUID()}`,
    memberId,
    doorMappingId: 'dm_bench',
    source: 'booking',
    sourceId: 'bkg_bench',
    sourceOrder: 0,
    startsAt: at - HOUR,
    endsAt: at,
    stops: [],
    provisioning: 'removed',
    problem: null,
    revision: at,
    settled: true,
    recordNumber: at,
    createdAt: at - DAY,
    createdBy: BY,
    changedAt: at,
    changedBy: BY,
    reason: null,
    inPlaceAt: at - HOUR,
    removedAt: at,
  };
}
