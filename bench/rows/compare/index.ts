import type { House } from '../../house';
import type { Benchmark } from '../../row';
import { agendaOutcome } from './agenda';
import { latchkeyOutcome } from './latchkey';
import { toFigures } from './outcome';
import { sweepOutcome } from './sweep';

const MINUTE = 60_000;

/** The same work by Latchkey and by what people use instead. */
export const compare: Benchmark<House> = {
  name: 'compare',
  title: 'The same work by other means',
  usesTemporal: true,
  async run(house) {
    house.log('Replaying a day of a table that is swept every hour, then every 15 minutes …');
    const hourly = await sweepOutcome(house, 'hourly sweep', 60 * MINUTE);
    const quarterly = await sweepOutcome(house, 'sweep every 15 min', 15 * MINUTE);
    house.log('Delayed jobs with Agenda …');
    const agenda = await agendaOutcome(house);
    house.log('Latchkey …');
    const latchkey = await latchkeyOutcome(house);
    return {
      figures: [hourly, quarterly, agenda, latchkey].flatMap(toFigures),
      notes: NOTES,
    };
  },
};

const NOTES = [
  "sweeps are replayed on the simulated Kisi's clock, with bookings of an hour that end evenly over the minutes of a day; calls take no simulated time there. A sweep opens what begins before the next one, so early rather than late.",
  'Agenda 6 (`agenda`, `@agendajs/mongo-backend`) in real time on the MongoDB of this row, a job to open and one to close each booking, polling at its default of 5 s, failed jobs tried again, locks given up after 1 min. By default that is 10 min: so much later the jobs come that a killed process had taken.',
  'both keep the id of the row of each booking, take over a row that is there (409), count one that is gone (404) as deleted, and wait where the rate is refused. They write no end to Kisi; where they did, Kisi would shut the door on time for them too, until a booking is changed.',
  'SIGKILL: the process is killed while Kisi has done a revoke and not answered yet, after half of them (a quarter at Latchkey), and started again at once; a sweep comes at its next turn. Lost: open still when the part was judged. Sent twice: harmless where the answer 404 is understood.',
  'at Latchkey Kisi shuts the door at the end by itself, so what the SIGKILL meets there is the cleaning of rows a minute later. Hence also early revokes, all asked for in one moment: the time includes the wait for 5 calls a second and for the dead worker to be noticed.',
  'second booking: two bookings of one member at one door, the first ended early. Kisi answers the second assignment with 409 in one kind of organization and makes a second row in another.',
];
