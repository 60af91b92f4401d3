import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc';
import { readWall } from '../../../shared/zoned-time';

dayjs.extend(utc);

/** Of a day such as `2026-11-24`. */
export function dayAfter(day: string | undefined): string | undefined {
  return day === undefined ? undefined : dayjs.utc(day).add(1, 'day').format('YYYY-MM-DD');
}

/** When the day begins on the wall clock of the zone; a few begin later than at 0:00. */
export function startOfDay(day: string | undefined, zone: string): string | undefined {
  const reading = day === undefined ? null : readWall(`${day}T00:00`, zone);
  if (reading === null) return undefined;
  switch (reading.kind) {
    case 'once':
      return new Date(reading.at).toISOString();
    case 'twice':
      return new Date(reading.first).toISOString();
    case 'never':
      return new Date(reading.skippedTo).toISOString();
  }
}
