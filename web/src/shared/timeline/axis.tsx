import type { Ref } from 'react';
import { showInstant } from '../time';
import { texts } from '../../texts';
import type { ShownSpan } from './span';
import classes from './timeline.module.css';
import { percentOf, TRACK_HEIGHT } from './track';

const t = texts.timeline;
/** In pixels. */
const ROOM_FOR_LABEL = 75;

/** The hours of a day, or the days of a week, above the tracks. */
export function Axis({
  span,
  width,
  trackRef,
}: {
  span: ShownSpan;
  /** Of the tracks, in pixels. */
  width: number;
  /** Tells how wide the tracks are. */
  trackRef: Ref<HTMLDivElement>;
}) {
  const isNarrow = width < span.ticks.length * ROOM_FOR_LABEL;
  return (
    <div className={classes.row} aria-hidden>
      <span className={classes.label} />
      <div ref={trackRef}>
        <svg className={classes.track} height={TRACK_HEIGHT}>
          {span.ticks.map(({ at, label, short }) => (
            <text
              key={at}
              className={classes.text}
              x={`${String(percentOf(at, span))}%`}
              dx={3}
              y="50%"
              dy="0.35em"
            >
              {isNarrow ? short : label}
            </text>
          ))}
        </svg>
      </div>
    </div>
  );
}

/** What the marks on the tracks mean, in words. */
export function marksOf(span: ShownSpan, now: number, zone: string): string[] {
  const changes = span.clockChanges.map(({ at, minutes }) =>
    minutes > 0
      ? t.clocks.forward(minutes, showInstant(at, zone))
      : t.clocks.back(-minutes, showInstant(at, zone)),
  );
  const isNowShown = now >= span.from && now < span.until;
  return isNowShown ? [t.now(showInstant(now, zone)), ...changes] : changes;
}
