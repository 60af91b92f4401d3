import { randomBytes, randomUUID } from 'node:crypto';
import { startChild } from './children/channel';
import type { ReadsAnswer, ReadsRequest } from './children/reads-server';
import { loadHttp, type HttpLoad } from './http-load';
import { indexedMongo } from './indexed-mongo';
import type { Benchmark } from './row';
import { databaseUri } from './servers';
import { GRANTS_EACH, sizeOf, storeMembers, type ReadMember } from './stored-members';

const CONNECTIONS = 10;

/** One read of a member, with the credentials that it takes. */
export interface MemberRead {
  path: string;
  headers: Record<string, string>;
}

/** A route that is read for many members in turn. */
export interface MemberReads {
  name: string;
  title: string;
  /** As it stands in the figures. */
  route: string;
  /** What else must be stored before. */
  prepare?(uri: string): Promise<void>;
  requestsOf(members: readonly ReadMember[], apiKey: string): Promise<MemberRead[]>;
  /**
   * What is to be said of the answer to the first read.
   *
   * @throws Error where it is not what was stored: the figures would be of something else
   */
  check(api: string, first: MemberRead): Promise<string>;
}

/** What a read of one member costs, with all that the others have around it. */
export function memberReads(reads: MemberReads): Benchmark {
  const { name, title, route } = reads;
  return {
    name,
    title,
    usesTemporal: false,
    async run({ servers, quick, log }) {
      const mongo = await indexedMongo(servers, log);
      try {
        const size = sizeOf(quick, mongo.hasIndexes);
        const uri = databaseUri(mongo.uri, `bench-${randomUUID()}`);
        log(`Storing ${String(size.grants)} grants of ${String(size.members)} members …`);
        const members = await storeMembers(uri, size);
        await reads.prepare?.(uri);
        const child = await startChild<ReadsRequest, ReadsAnswer>('reads-server', {
          ...servers.env,
          MONGODB_URI: uri,
        });
        try {
          const apiKey = randomBytes(24).toString('base64url');
          const { api } = await child.ask({ apiKey, body: null });
          const requests = await reads.requestsOf(members, apiKey);
          const [first] = requests;
          if (!first) throw new Error('Nobody is read.');
          const found = await reads.check(api, first);
          const seconds = quick ? 2 : 15;
          const load = (connections: number, forSeconds: number): Promise<HttpLoad> =>
            loadHttp({ url: api, headers: {}, requests, connections, seconds: forSeconds });
          // Once unmeasured, so that it is compiled and connected.
          await load(CONNECTIONS, 2);
          const before = await child.ask({ apiKey, body: null });
          const together = await load(CONNECTIONS, seconds);
          const after = await child.ask({ apiKey, body: null });
          const alone = await load(1, seconds);
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
              `${String(size.grants)} grants of ${String(size.members)} members; whoever is read has ${String(GRANTS_EACH)} that live. ${found} ${String(CONNECTIONS)} connections from another process, ${String(size.read)} members in turn; alone: one connection.`,
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
}
