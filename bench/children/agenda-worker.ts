import { z } from 'zod';
import { openBookingTable } from '../rows/compare/booking-table';
import { serve } from './channel';

const agendaRequest = z.union([
  z.object({
    schedule: z.array(z.object({ _id: z.string(), startsAt: z.number(), endsAt: z.number() })),
  }),
  z.object({ endEarly: z.string() }),
]);
/** Schedule the jobs of bookings that are in the table (instants in ms UTC); or end one booking now. */
export type AgendaRequest = z.output<typeof agendaRequest>;

interface JobData {
  bookingId: string;
}

/** A minute instead of the default of ten: a call to Kisi takes far less, and a crash delays no more. */
const LOCK_LIFETIME_MS = 60_000;

/** Access by delayed jobs: one that opens and one that closes for each booking, failed ones tried again. */
async function main({ MONGODB_URI = '', KISI_URL = '', KISI_KEY = '' }): Promise<void> {
  // Both are ESM only, and this project compiles to CommonJS.
  const { Agenda, backoffStrategies } = await import('agenda');
  const { MongoBackend } = await import('@agendajs/mongo-backend');
  const table = await openBookingTable(MONGODB_URI, KISI_URL, KISI_KEY);
  const agenda = new Agenda({
    backend: new MongoBackend({ address: MONGODB_URI }),
    defaultLockLifetime: LOCK_LIFETIME_MS,
  });
  const options = { backoff: backoffStrategies.exponential({ delay: 1_000, maxRetries: 10 }) };
  agenda.define<JobData>(
    'open',
    async ({ attrs }) => {
      const booking = await table.get(attrs.data.bookingId);
      if (booking?.state === 'booked') await table.open(booking);
    },
    options,
  );
  agenda.define<JobData>(
    'close',
    async ({ attrs }) => {
      const booking = await table.get(attrs.data.bookingId);
      if (booking?.state === 'open') await table.close(booking);
    },
    options,
  );
  await agenda.start();
  const endEarly = async (id: string): Promise<void> => {
    await agenda.cancel({ data: { bookingId: id } });
    const booking = await table.get(id);
    if (booking?.state === 'open') await table.close(booking);
  };
  serve(
    async (message) => {
      const request = agendaRequest.parse(message);
      if ('endEarly' in request) await endEarly(request.endEarly);
      else {
        for (const { _id, startsAt, endsAt } of request.schedule) {
          await agenda.schedule(new Date(startsAt), 'open', { bookingId: _id });
          await agenda.schedule(new Date(endsAt), 'close', { bookingId: _id });
        }
      }
      return {};
    },
    async () => {
      await agenda.stop();
      await table.disconnect();
    },
  );
}

void main(process.env);
