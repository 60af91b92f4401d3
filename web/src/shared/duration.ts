import { texts } from '../texts';

const t = texts.common.duration;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** A length of time (ms) as people say it: "412 ms", "1.3 s", "20 s", "2 min 5 s", "3 h 2 min", "2 d 4 h". */
export function showDuration(ms: number): string {
  if (ms < SECOND_MS) return t.milliseconds(texts.number(Math.round(ms)));
  if (ms < MINUTE_MS) return t.seconds(texts.number(tenths(ms / SECOND_MS)));
  if (ms < HOUR_MS) return twoUnits(ms, [MINUTE_MS, t.minutes], [SECOND_MS, t.seconds]);
  if (ms < DAY_MS) return twoUnits(ms, [HOUR_MS, t.hours], [MINUTE_MS, t.minutes]);
  return twoUnits(ms, [DAY_MS, t.days], [HOUR_MS, t.hours]);
}

/** With one decimal below ten, where it says something. */
function tenths(value: number): number {
  return value < 10 ? Math.round(value * 10) / 10 : Math.round(value);
}

type Unit = readonly [ms: number, say: (value: string) => string];

function twoUnits(ms: number, [largeMs, sayLarge]: Unit, [smallMs, saySmall]: Unit): string {
  const whole = Math.floor(ms / largeMs);
  const rest = Math.floor((ms % largeMs) / smallMs);
  const first = sayLarge(texts.number(whole));
  return rest === 0 ? first : `${first} ${saySmall(texts.number(rest))}`;
}
