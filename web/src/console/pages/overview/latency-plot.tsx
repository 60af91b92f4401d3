import { showDuration } from '../../../shared/duration';
import { texts } from '../../../texts';
import classes from './latency-plot.module.css';
import { scaleFor, type DurationScale } from './scale';

const t = texts.overview.latency;

/** How long the changes of one hour took; `null`: there were none. */
export interface HourOfLatency {
  /** Its begin, as an instant: twice the same hour on the wall clock are two. */
  readonly from: string;
  readonly hour: string;
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

const WIDTH = 360;
const HEIGHT = 160;
const LEFT = 52;
const TOP = 8;
const BOTTOM = 22;
const PLOT = { width: WIDTH - LEFT, height: HEIGHT - TOP - BOTTOM };
/** What was measured is seen, however quick it was. */
const LEAST_BAR = 2;
const HOURS_BETWEEN_LABELS = 6;

/** Bars per hour on a logarithmic scale: half of the changes (full), and 95 of 100 (pale). */
export function LatencyPlot({
  label,
  hours,
}: {
  /** Says in words what is seen. */
  label: string;
  hours: readonly HourOfLatency[];
}) {
  const scale = scaleFor(hours.flatMap(({ p95Ms }) => p95Ms ?? []));
  const step = PLOT.width / Math.max(1, hours.length);
  return (
    <svg viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} role="img" aria-label={label}>
      {scale.ticksMs.map((tick) => (
        <g key={tick}>
          <line className={classes.grid} x1={LEFT} x2={WIDTH} y1={yOf(tick)} y2={yOf(tick)} />
          <text className={classes.text} x={LEFT - 6} y={yOf(tick)} textAnchor="end" dy="0.32em">
            {showDuration(tick)}
          </text>
        </g>
      ))}
      {hours.map((hour, index) => (
        <g key={hour.from}>
          <HourBar hour={hour} x={LEFT + index * step} width={step} scale={scale} />
          {index % HOURS_BETWEEN_LABELS === 0 && (
            <text className={classes.text} x={LEFT + index * step} y={HEIGHT - 6}>
              {hour.hour}
            </text>
          )}
        </g>
      ))}
      <line
        className={classes.floor}
        x1={LEFT}
        x2={WIDTH}
        y1={TOP + PLOT.height}
        y2={TOP + PLOT.height}
      />
    </svg>
  );

  function yOf(ms: number): number {
    return TOP + PLOT.height * (1 - scale.shareOf(ms));
  }
}

function HourBar({
  hour: { hour, count, p50Ms, p95Ms },
  x,
  width,
  scale,
}: {
  hour: HourOfLatency;
  x: number;
  width: number;
  scale: DurationScale;
}) {
  if (p50Ms === null || p95Ms === null) return null;
  const heightOf = (ms: number) => Math.max(LEAST_BAR, PLOT.height * scale.shareOf(ms));
  const bar = (ms: number) => ({
    x: x + 1,
    width: Math.max(1, width - 2),
    y: TOP + PLOT.height - heightOf(ms),
    height: heightOf(ms),
  });
  return (
    <g>
      <title>{t.bar(hour, count, showDuration(p50Ms), showDuration(p95Ms))}</title>
      <rect className={classes.p95} {...bar(p95Ms)} />
      <rect className={classes.median} {...bar(p50Ms)} />
    </g>
  );
}
