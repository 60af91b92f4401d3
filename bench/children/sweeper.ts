import { z } from 'zod';
import { openBookingTable } from '../rows/compare/booking-table';
import { serve } from './channel';

const sweeperRequest = z.union([
  z.object({ now: z.number(), everyMs: z.number() }),
  z.object({ endEarly: z.string() }),
]);
/** Sweep as of an instant (ms UTC), told when the next one comes; or end one booking now. */
export type SweeperRequest = z.output<typeof sweeperRequest>;

/**
 * Access by a booking table that is swept: first closes what is over, then opens what begins before the
 * next sweep, so that nobody stands at a shut door at the start.
 */
async function main({ MONGODB_URI = '', KISI_URL = '', KISI_KEY = '' }): Promise<void> {
  const table = await openBookingTable(MONGODB_URI, KISI_URL, KISI_KEY);
  const sweep = async (now: number, everyMs: number): Promise<void> => {
    for (const booking of await table.dueToClose(now)) await table.close(booking);
    for (const booking of await table.dueToOpen(now + everyMs, now)) await table.open(booking);
  };
  const endEarly = async (id: string): Promise<void> => {
    const booking = await table.get(id);
    if (booking?.state === 'open') await table.close(booking);
  };
  serve(async (message) => {
    const request = sweeperRequest.parse(message);
    if ('endEarly' in request) await endEarly(request.endEarly);
    else await sweep(request.now, request.everyMs);
    return {};
  }, table.disconnect);
}

void main(process.env);
