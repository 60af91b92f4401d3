import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { StoryError } from '../scripts/story/json-client';
import type { BenchContext } from './row';
import { KISI_KEY, startProduct, type Product } from './product';

const POLL_MS = 5;
const WAIT_MS = 120_000;
const HOUR = 3_600_000;
/** A client's pause before it sends again what was answered 503, with the same `Idempotency-Key`. */
const SEND_AGAIN_MS = 1_000;

const withId = z.object({ id: z.string() });

/** A member and a door: at most one pass each. */
export interface Pair {
  memberId: string;
  email: string;
  mappingId: string;
  lockId: number;
}

/**
 * The product with members who are linked to their Kisi users and locks whose Kisi groups are made, so
 * that what is measured is a plain grant and nothing that happens only once.
 */
export interface House extends BenchContext, Product {
  organizationId: number;
  /** Every member at every door. */
  pairs: Pair[];
  /** A pair that no grant was made for yet. */
  freshPair: () => Pair;
  /** Posts a grant as a host does, from now where `startsAt` is left out; answers its id. Instants in ms UTC. */
  grant: (pair: Pair, endsAt: number, startsAt?: number) => Promise<string>;
  /** How many of these posts were answered 503 and sent again, as the answer asks for. */
  sentAgain: () => number;
  revoke: (grantId: string) => Promise<void>;
  isOpen: (pair: Pair, at?: number) => boolean;
  /** Waits for the ledger to say so, which is looked at every 5 ms. @throws Error after two minutes */
  until: (pair: Pair, open: boolean) => Promise<void>;
}

/**
 * Opens a house for the work and closes it after.
 * @throws Error when a process of it ends by itself, and whatever the work throws
 */
export async function inHouse<Result>(
  context: BenchContext,
  size: { members: number; locks: number },
  work: (house: House) => Promise<Result>,
): Promise<Result> {
  const house = await openHouse(context, size);
  try {
    const death = house.died.then((reason) => {
      throw new Error(reason);
    });
    return await Promise.race([work(house), death]);
  } finally {
    await house.close();
  }
}

async function openHouse(
  context: BenchContext,
  size: { members: number; locks: number },
): Promise<House> {
  const product = await startProduct(context.servers, { locks: size.locks }, context.log);
  try {
    return await furnish(context, product, size.members);
  } catch (error) {
    await product.close();
    throw error;
  }
}

async function furnish(context: BenchContext, product: Product, members: number): Promise<House> {
  const { api, simulator } = product;
  const organizationId = simulator.state().organizations[0]?.id ?? 0;
  const doors = await mapDoors(product);
  const people = await makeMembers(api, members);
  const pairs = interleave(people, doors);

  let sentAgain = 0;
  const house: House = {
    ...context,
    ...product,
    organizationId,
    pairs,
    freshPair: () => {
      const pair = pairs.shift();
      if (!pair) throw new Error('Every pair of a member and a door was used; ask for more.');
      return pair;
    },
    async grant({ memberId, mappingId }, endsAt, startsAt) {
      const from = startsAt === undefined ? {} : { startsAt: new Date(startsAt).toISOString() };
      const call = {
        method: 'POST',
        idempotencyKey: randomUUID(),
        body: { doorMappingId: mappingId, ...from, endsAt: new Date(endsAt).toISOString() },
      } as const;
      for (;;) {
        try {
          return (await api.call(`/v1/members/${memberId}/grants`, withId, call)).id;
        } catch (error) {
          if (!(error instanceof StoryError && error.status === 503)) throw error;
          sentAgain += 1;
          await sleep(SEND_AGAIN_MS);
        }
      }
    },
    sentAgain: () => sentAgain,
    async revoke(grantId) {
      await api.call(`/v1/grants/${grantId}/revoke`, withId, { method: 'POST', body: {} });
    },
    isOpen: ({ email, lockId }, at) =>
      simulator.couldOpen({ email, lockId, ...(at === undefined ? {} : { at }) }).open,
    async until(pair, open) {
      const deadline = Date.now() + WAIT_MS;
      while (house.isOpen(pair) !== open) {
        if (Date.now() > deadline) {
          throw new Error(
            `Door ${String(pair.lockId)} did not ${open ? 'open' : 'close'} in time.`,
          );
        }
        await sleep(POLL_MS);
      }
    },
  };
  await warm(house);
  return house;
}

async function mapDoors({
  api,
  simulator,
}: Product): Promise<Pick<Pair, 'mappingId' | 'lockId'>[]> {
  const location = 'loc_bench';
  const place = { name: 'House', timeZone: 'Europe/Berlin' };
  await api.call(`/v1/locations/${location}`, z.unknown(), { method: 'PUT', body: place });
  const { id: integrationId } = await api.call('/v1/integrations', withId, {
    method: 'POST',
    body: { provider: 'kisi', apiKey: KISI_KEY, locationIds: [location] },
  });
  const doors = [];
  for (const { id: lockId, name } of simulator.state().locks) {
    const spaceId = `spc_${String(lockId)}`;
    const body = { name, locationId: location };
    await api.call(`/v1/spaces/${spaceId}`, z.unknown(), { method: 'PUT', body });
    const mapping = await api.call('/v1/door-mappings', withId, {
      method: 'POST',
      body: { integrationId, resourceType: 'lock', resourceId: lockId, spaceId },
    });
    doors.push({ mappingId: mapping.id, lockId });
  }
  return doors;
}

async function makeMembers(
  api: Product['api'],
  count: number,
): Promise<Pick<Pair, 'memberId' | 'email'>[]> {
  const people = [];
  for (let index = 0; index < count; index += 1) {
    const memberId = `mem_${String(index)}`;
    const email = `${memberId}@example.com`;
    const body = { email, name: `Member ${String(index)}` };
    await api.call(`/v1/members/${memberId}`, z.unknown(), { method: 'PUT', body });
    people.push({ memberId, email });
  }
  return people;
}

/** Every combination once, ordered so that neighbours differ in both the member and the door. */
function interleave<A extends object, B extends object>(
  as: readonly A[],
  bs: readonly B[],
): (A & B)[] {
  return bs.flatMap((_, shift) =>
    as.flatMap((a, index) => {
      const b = bs[(index + shift) % bs.length];
      return b === undefined ? [] : [{ ...a, ...b }];
    }),
  );
}

/** Grants that name each member and each door once, taken away again: links every user, makes every group. */
async function warm(house: House): Promise<void> {
  house.log('Linking members and making lock groups …');
  const unlinked = new Set(house.pairs.map(({ memberId }) => memberId));
  const groupless = new Set(house.pairs.map(({ lockId }) => lockId));
  const chosen = house.pairs.filter(({ memberId, lockId }) => {
    const isFirstOfMember = unlinked.delete(memberId);
    const isFirstOfDoor = groupless.delete(lockId);
    return isFirstOfMember || isFirstOfDoor;
  });
  const endsAt = wholeSecond(Date.now() + HOUR);
  const grants = await Promise.all(chosen.map((pair) => house.grant(pair, endsAt)));
  for (const pair of chosen) await house.until(pair, true);
  await Promise.all(grants.map((id) => house.revoke(id)));
  for (const pair of chosen) await house.until(pair, false);
  for (const pair of chosen) house.pairs.splice(house.pairs.indexOf(pair), 1);
}

/** Instants at Kisi are whole seconds. */
export function wholeSecond(instant: number): number {
  return Math.floor(instant / 1000) * 1000;
}
