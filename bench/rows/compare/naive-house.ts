import { randomUUID } from 'node:crypto';
import { createSimulator, type Simulator } from '../../../simulator';
import { startChild, type BenchChild } from '../../children/channel';
import { KISI_LATENCY_MS } from '../../product';
import { databaseUri, type BenchServers } from '../../servers';
import { openBookingTable, type Booking, type BookingTable } from './booking-table';
import type { Ending } from './outcome';

/** A booking system without Latchkey around a simulated Kisi: one door, a user for each index. */
export interface NaiveHouse<Request> {
  simulator: Simulator;
  /** In this process, to book; the system itself is the child. */
  table: BookingTable;
  child: () => BenchChild<Request, object>;
  booking: (user: number, startsAt: number, endsAt: number) => Booking;
  ending: (booking: Booking) => Ending;
  /** Sends what makes it revoke, kills it when Kisi did one revoke of which it never hears, starts it again. */
  crashAtRevoke: (skip: number, request?: Request) => Promise<void>;
}

interface Setting {
  servers: BenchServers;
  childName: 'sweeper' | 'agenda-worker';
  users: number;
  /** What Kisi makes of a second assignment of one user at one group. */
  second: 'conflict' | 'newRow';
}

const HELD_WITHIN_MS = 120_000;

export async function inNaiveHouse<Request, Result>(
  { servers, childName, users, second }: Setting,
  work: (house: NaiveHouse<Request>) => Promise<Result>,
): Promise<Result> {
  const key = `bench-${randomUUID()}`;
  const emails = Array.from({ length: users }, (_, index) => `user-${String(index)}@example.com`);
  const simulator = createSimulator({ seed: { organizations: [organization(key, emails)] } });
  simulator.setSwitches({ latencyMs: KISI_LATENCY_MS, duplicateGrant: second });
  const { users: people, groups, locks } = simulator.state();
  const [groupId = 0, lockId = 0] = [groups[0]?.id, locks[0]?.id];
  const userIds = emails.map((email) => people.find((user) => user.email === email)?.id ?? 0);
  const url = await simulator.listen();
  const uri = databaseUri(servers.mongo.uri, `bench-${randomUUID()}`);
  const env = { ...servers.env, MONGODB_URI: uri, KISI_URL: url, KISI_KEY: key };
  const table = await openBookingTable(uri, url, key);
  let child = await startChild<Request, object>(childName, env);
  try {
    return await work({
      simulator,
      table,
      child: () => child,
      booking: (user, startsAt, endsAt) => ({
        _id: randomUUID(),
        userId: userIds[user] ?? 0,
        groupId,
        startsAt,
        endsAt,
        rowId: null,
        state: 'booked',
      }),
      ending: ({ userId, endsAt }) => ({
        endsAt,
        isOpen: (at) => simulator.couldOpen({ userId, lockId, at }).open,
      }),
      async crashAtRevoke(skip, request) {
        const { id } = simulator.addFault({
          kind: 'hold',
          when: 'after',
          method: 'DELETE',
          path: '/role_assignments/*',
          skip,
          count: 1,
        });
        // It is killed before it can answer.
        if (request !== undefined) child.ask(request).catch(() => undefined);
        await simulator.waitUntilHeld(id, HELD_WITHIN_MS);
        await child.kill();
        simulator.releaseFault(id, { drop: true });
        child = await startChild<Request, object>(childName, env);
      },
    });
  } finally {
    await child.stop();
    await table.disconnect();
    await simulator.close();
  }
}

function organization(key: string, emails: readonly string[]) {
  return {
    name: 'Naive House',
    domain: 'naive-house',
    owner: { email: 'owner@naive-house.test', apiKeys: [key] },
    users: emails.map((email) => ({ email })),
    places: [{ name: 'House', locks: [{ name: 'Door' }] }],
    groups: [{ name: 'Door', locks: ['Door'] }],
  };
}
