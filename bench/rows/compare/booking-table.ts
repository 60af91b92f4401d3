import { setTimeout as sleep } from 'node:timers/promises';
import mongoose from 'mongoose';
import { z } from 'zod';

/** A booking as such a system keeps it; instants in ms UTC. */
export interface Booking {
  _id: string;
  userId: number;
  groupId: number;
  startsAt: number;
  endsAt: number;
  /** Kisi's role assignment: `null` before it was made. */
  rowId: number | null;
  state: 'booked' | 'open' | 'closed';
}

const RATE_LIMIT_WAIT_MS = 1_000;
const rowShape = z.object({ id: z.number() });

/**
 * What a competent team writes without a workflow engine: the booking table holds the id of Kisi's row,
 * made at the start and deleted at the end. A retry is safe: a row that is there (409) is taken over, and
 * one that is gone (404) was deleted before.
 */
export interface BookingTable {
  add: (bookings: readonly Booking[]) => Promise<void>;
  get: (id: string) => Promise<Booking | null>;
  /** Booked ones that begin before the instant and end after `now`, the earliest start first. */
  dueToOpen: (before: number, now: number) => Promise<Booking[]>;
  /** Open ones that are over, the earliest end first. */
  dueToClose: (now: number) => Promise<Booking[]>;
  open: (booking: Booking) => Promise<void>;
  close: (booking: Booking) => Promise<void>;
  disconnect: () => Promise<void>;
}

export async function openBookingTable(
  mongoUri: string,
  kisiUrl: string,
  kisiKey: string,
): Promise<BookingTable> {
  const connection = await mongoose.createConnection(mongoUri).asPromise();
  const table = connection.collection<Booking>('bookings');
  const kisi = kisiCaller(kisiUrl, kisiKey);
  return {
    async add(bookings) {
      await table.insertMany([...bookings]);
    },
    get: (id) => table.findOne({ _id: id }),
    dueToOpen: (before, now) =>
      table
        .find({ state: 'booked', startsAt: { $lt: before }, endsAt: { $gt: now } })
        .sort({ startsAt: 1 })
        .toArray(),
    dueToClose: (now) =>
      table
        .find({ state: 'open', endsAt: { $lte: now } })
        .sort({ endsAt: 1 })
        .toArray(),
    async open(booking) {
      const rowId = await makeRow(kisi, booking);
      await table.updateOne({ _id: booking._id }, { $set: { rowId, state: 'open' } });
    },
    async close({ _id, rowId }) {
      const { status } = await kisi('DELETE', `/role_assignments/${String(rowId)}`);
      if (status !== 204 && status !== 404) throw new Error(`Kisi answered ${String(status)}.`);
      await table.updateOne({ _id }, { $set: { state: 'closed' } });
    },
    disconnect: () => connection.close(),
  };
}

type KisiCaller = (method: string, path: string, body?: object) => Promise<Response>;

/** Waits and sends again where Kisi's limit refuses a call. */
function kisiCaller(url: string, key: string): KisiCaller {
  return async (method, path, body) => {
    for (;;) {
      const response = await fetch(url + path, {
        method,
        headers: { authorization: `KISI-LOGIN ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      if (response.status !== 429) return response;
      await sleep(RATE_LIMIT_WAIT_MS);
    }
  };
}

/** The row's id; where Kisi says that there is one already, the id of that. */
async function makeRow(kisi: KisiCaller, { userId, groupId }: Booking): Promise<number> {
  const made = await kisi('POST', '/role_assignments', {
    role_assignment: { user_id: userId, group_id: groupId, role_id: 'group_basic' },
  });
  if (made.ok) return rowShape.parse(await made.json()).id;
  if (made.status !== 409) throw new Error(`Kisi answered ${String(made.status)}.`);
  const listed = await kisi(
    'GET',
    `/role_assignments?user_id=${String(userId)}&group_id=${String(groupId)}`,
  );
  const [row] = z.array(rowShape).parse(await listed.json());
  if (!row) throw new Error('Kisi refused a second row and shows no first one.');
  return row.id;
}
