import { texts } from '../../texts';

/** The times alone of a window, for where there is no room for more: "16:59–19:59". */
export function showTimes(from: string, until: string | null, zone: string): string {
  const time = new Intl.DateTimeFormat(texts.locale, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
  });
  const start = time.format(new Date(from));
  return until === null ? `${start}–` : `${start}–${time.format(new Date(until))}`;
}
