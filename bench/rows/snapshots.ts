import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { wholeSecond, type House, type Pair } from '../house';
import type { Benchmark } from '../row';
import { percentiles } from '../statistics';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const LOOK_MS = 50;
const WITHIN_MS = 10 * MINUTE;
/** Every third of the bookings begins within the hour. */
const SOON_EVERY = 3;

const answer = z.object({ acceptedVersion: z.number() });

/** One snapshot on its way; instants in ms UTC. */
interface Sent {
  pair: Pair;
  startsAt: number;
  isSoon: boolean;
  sentAt: number;
  acceptedAt?: number;
  inPlaceAt?: number;
}

/** A busy minute of a booking platform: snapshots that arrive evenly, some of which begin soon. */
export const snapshots: Benchmark<House> = {
  name: 'snapshots',
  title: 'Booking snapshots in a minute',
  usesTemporal: true,
  async run(house) {
    const count = house.quick ? 10 : 100;
    const spanMs = house.quick ? MINUTE / 10 : MINUTE;
    const begun = Date.now();
    const sent: Sent[] = [];
    const work: Promise<unknown>[] = [];
    for (let index = 0; index < count; index += 1) {
      await sleep(Math.max(0, begun + (index * spanMs) / count - Date.now()));
      const one = newBooking(house, index);
      sent.push(one);
      const done = Promise.all([send(house, index, one), seeInPlace(house, one)]);
      // It is awaited below; until then its failure must not end the process.
      done.catch(() => undefined);
      work.push(done);
    }
    await Promise.all(work);
    const soon = sent.filter(({ isSoon }) => isSoon);
    const seconds = (from: number, until: number | undefined): number =>
      ((until ?? Number.NaN) - from) / 1_000;
    const answered = sent.map(({ sentAt, acceptedAt }) => seconds(sentAt, acceptedAt));
    const inPlace = soon.map(({ sentAt, inPlaceAt }) => seconds(sentAt, inPlaceAt));
    const lastAccepted = Math.max(...sent.map(({ acceptedAt }) => seconds(begun, acceptedAt)));
    const lastInPlace = Math.max(...soon.map(({ inPlaceAt }) => seconds(begun, inPlaceAt)));
    return {
      figures: [
        ...percentiles('PUT → answer of the API', answered, 's', '≤ 2.1'),
        { name: 'until all are accepted', value: lastAccepted, unit: 's' },
        ...percentiles('PUT → in place, of those that begin within the hour', inPlace, 's'),
        {
          name: 'until all that begin within the hour are in place',
          value: lastInPlace,
          unit: 's',
        },
      ],
      notes: [
        `${String(count)} bookings of one member and one lock each, sent evenly over ${String(spanMs / 1_000)} s; every third begins now or within the hour, the others tomorrow. In place: the ledger says that the door opens at the booked start.`,
      ],
    };
  },
};

function newBooking(house: House, index: number): Sent {
  const now = Date.now();
  const isSoon = index % SOON_EVERY === 0;
  const startsAt = wholeSecond(isSoon ? now + (index % 2) * (HOUR / 2) : now + 24 * HOUR);
  return { pair: house.freshPair(), startsAt, isSoon, sentAt: now };
}

async function send(house: House, index: number, sent: Sent): Promise<void> {
  const { pair, startsAt } = sent;
  await house.api.call(`/v1/bookings/bkg_snapshot_${String(index)}`, answer, {
    method: 'PUT',
    body: {
      version: 1,
      memberIds: [pair.memberId],
      spaceId: `spc_${String(pair.lockId)}`,
      startsAt: new Date(startsAt).toISOString(),
      endsAt: new Date(startsAt + HOUR).toISOString(),
      status: 'confirmed',
    },
  });
  sent.acceptedAt = Date.now();
}

/** Waits until the ledger says that a booking which begins soon opens its door at its start. */
async function seeInPlace(house: House, sent: Sent): Promise<void> {
  if (!sent.isSoon) return;
  const deadline = Date.now() + WITHIN_MS;
  while (!house.isOpen(sent.pair, Math.max(Date.now(), sent.startsAt + 1_000))) {
    if (Date.now() > deadline) {
      throw new Error(`Door ${String(sent.pair.lockId)} will not open in time.`);
    }
    await sleep(LOOK_MS);
  }
  sent.inPlaceAt = Date.now();
}
