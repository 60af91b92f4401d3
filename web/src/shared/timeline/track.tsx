import type { ReactNode } from 'react';
import type { ShownSpan } from './span';
import classes from './timeline.module.css';

export const TRACK_HEIGHT = 30;
const BAR_TOP = 4;
const BAR_HEIGHT = TRACK_HEIGHT - 2 * BAR_TOP;
const TEXT_INSET = 6;
const CHARACTER_WIDTH = 6.6;
/** Bars that are shorter than this share of the track are still seen. In percent. */
const LEAST_WIDTH = 0.4;

/** Where an instant (ms UTC) is on a track, in percent of its width; outside of the span, beyond it. */
export function percentOf(at: number, { from, until }: ShownSpan): number {
  return ((at - from) / (until - from)) * 100;
}

/** The strip of one line of the timeline: ticks, changes of the clocks, now, and bars on top. */
export function Track({
  span,
  now,
  children,
}: {
  span: ShownSpan;
  /** Ms UTC. */
  now: number;
  children?: ReactNode;
}) {
  return (
    <svg className={classes.track} height={TRACK_HEIGHT} role="group">
      {span.ticks.map(({ at }) => (
        <Upright key={at} at={at} span={span} className={classes.grid} />
      ))}
      {children}
      {span.clockChanges.map(({ at }) => (
        <Upright key={at} at={at} span={span} className={classes.clockChange} />
      ))}
      {now >= span.from && now < span.until && (
        <Upright at={now} span={span} className={classes.now} />
      )}
    </svg>
  );
}

function Upright({
  at,
  span,
  className,
}: {
  at: number;
  span: ShownSpan;
  className: string | undefined;
}) {
  const x = `${String(percentOf(at, span))}%`;
  return <line className={className} x1={x} x2={x} y1={0} y2="100%" aria-hidden />;
}

/** What is written on a bar, or beside it: the longest that fits. */
export interface BarTexts {
  readonly long: string;
  readonly short: string;
}

/** A window on a track, as far as the span shows it. */
export function Bar({
  from,
  until,
  span,
  width,
  className,
  textClassName,
  texts,
  besideClassName = null,
}: {
  /** Ms UTC; `until: null` has no end. */
  from: number;
  until: number | null;
  span: ShownSpan;
  /** Of the track, in pixels. */
  width: number;
  className: string | undefined;
  textClassName: string | undefined;
  texts: BarTexts;
  /** For a text that does not fit into the bar and stands beside it; `null`: it is left out. */
  besideClassName?: string | null | undefined;
}) {
  const start = Math.max(0, percentOf(from, span));
  const end = Math.min(100, until === null ? 100 : percentOf(until, span));
  const share = Math.max(LEAST_WIDTH, end - start);
  const room = (width * share) / 100;
  const inside = [texts.long, texts.short].find((text) => widthOf(text) <= room);
  return (
    <>
      <title>{texts.long}</title>
      <rect
        className={className}
        x={`${String(start)}%`}
        width={`${String(share)}%`}
        y={BAR_TOP}
        height={BAR_HEIGHT}
        rx={3}
      />
      {inside === undefined ? (
        besideClassName !== null && (
          <Beside
            start={start}
            end={start + share}
            width={width}
            className={besideClassName}
            texts={texts}
          />
        )
      ) : (
        <BarText at={start} dx={TEXT_INSET} className={textClassName}>
          {inside}
        </BarText>
      )}
    </>
  );
}

/** After the bar, or before it where there is more room; nothing where there is none. */
function Beside({
  start,
  end,
  width,
  className,
  texts,
}: {
  start: number;
  end: number;
  width: number;
  className: string | undefined;
  texts: BarTexts;
}) {
  const isAfter = 100 - end >= start;
  const room = (width * (isAfter ? 100 - end : start)) / 100;
  const text = [texts.long, texts.short].find((one) => widthOf(one) <= room);
  if (text === undefined) return null;
  if (isAfter) {
    return (
      <BarText at={end} dx={TEXT_INSET} className={className}>
        {text}
      </BarText>
    );
  }
  return (
    <BarText at={start} dx={-TEXT_INSET} anchor="end" className={className}>
      {text}
    </BarText>
  );
}

function BarText({
  at,
  dx,
  anchor = 'start',
  className,
  children,
}: {
  /** In percent. */
  at: number;
  /** In pixels. */
  dx: number;
  anchor?: 'start' | 'end';
  className: string | undefined;
  children: string;
}) {
  return (
    <text
      className={className}
      x={`${String(at)}%`}
      dx={dx}
      y="50%"
      dy="0.35em"
      textAnchor={anchor}
      aria-hidden
    >
      {children}
    </text>
  );
}

/** About, in pixels, with room on both sides. */
function widthOf(text: string): number {
  return text.length * CHARACTER_WIDTH + 2 * TEXT_INSET;
}
