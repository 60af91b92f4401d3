import { randomBytes, randomUUID } from 'node:crypto';
import autocannon, { type Options, type Result } from 'autocannon';
import { quantile } from 'simple-statistics';
import type { Grant } from '../../src/domain/grant';
import { openStore, type Store } from '../../src/store';
import { startChild } from '../children/channel';
import type { ReadsAnswer, ReadsRequest } from '../children/reads-server';
import { inTurns } from '../in-turns';
import { indexedMongo } from '../indexed-mongo';
import type { Benchmark } from '../row';
import { databaseUri } from '../servers';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GRANTS_EACH = 20;
const CONNECTIONS = 10;
const AT_ONCE = 50;
const BY = { type: 'system', id: 'bench' } as const;

/** A member's grants, read over HTTP, beside what Express alone can do on this machine. */
export const reads: Benchmark = {
  name: 'reads',
  title: 'GET /v1/members/:id/grants',
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
        const headers = { authorization: `Bearer ${randomBytes(24).toString('base64url')}` };
        const apiKey = headers.authorization.slice('Bearer '.length);
        const seconds = quick ? 2 : 15;
        const { api } = await child.ask({ apiKey, body: null });
        const paths = members.map((id) => `/v1/members/${id}/grants`);
        const page = await fetch(api + (paths[0] ?? ''), { headers });
        if (!page.ok) throw new Error(`The API answered ${String(page.status)}.`);
        const { bare } = await child.ask({ apiKey, body: await page.json() });
        const requests = paths.map((path) => ({ path }));
        log(`Reading for ${String(seconds)} s each …`);
        // Once unmeasured, so that both are compiled and connected.
        await load({ url: api, headers, requests, duration: 2 });
        await load({ url: bare, duration: 2 });
        const ours = await load({ url: api, headers, requests, duration: seconds });
        const express = await load({ url: bare, duration: seconds });
        return {
          figures: [
            { name: 'p95', value: ours.p95, unit: 'ms' },
            { name: 'requests', value: ours.perSecond, unit: 'per s' },
            { name: 'bare Express, p95', value: express.p95, unit: 'ms' },
            { name: 'bare Express, requests', value: express.perSecond, unit: 'per s' },
            {
              name: 'bare Express ÷ this route, requests',
              value: express.perSecond / ours.perSecond,
              unit: 'ratio',
            },
          ],
          notes: [
            `${String(count)} grants stored, ${String(GRANTS_EACH)} a member, a page of all of theirs each time; ${String(CONNECTIONS)} connections from another process, members in turn, log lines written.`,
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

/** @throws Error when an answer was not 2xx, which would be measured as a fast one */
async function load(options: Options): Promise<{ p95: number; perSecond: number }> {
  const times: number[] = [];
  const result = await new Promise<Result>((resolve, reject) => {
    autocannon({ ...options, connections: CONNECTIONS }, (error: unknown, done) => {
      if (error instanceof Error) reject(error);
      else resolve(done);
    }).on('response', (_client, _status, _bytes, time) => {
      times.push(time);
    });
  });
  const wrong = result.non2xx + result.errors + result.timeouts;
  if (wrong > 0) throw new Error(`${String(wrong)} requests failed; the figures would be wrong.`);
  return { p95: quantile(times, 0.95), perSecond: result.requests.average };
}
