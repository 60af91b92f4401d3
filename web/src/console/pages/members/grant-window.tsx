import { SimpleGrid } from '@mantine/core';
import { texts } from '../../../texts';
import { instantIn, NO_TIME, ZonedTimeInput } from '../../../shared/zoned-time-input';
import { foldOf, wallOf, type WallTime } from '../../../shared/zoned-time';
import type { Grant } from './grants';

const t = texts.members.grantForm;

/** The two ends of a window as they were entered. */
export interface EnteredWindow {
  readonly start: WallTime;
  readonly end: WallTime;
}

export const NO_WINDOW: EnteredWindow = { start: NO_TIME, end: NO_TIME };

/** A grant's window as it stands in the fields. */
export function enteredOf({ startsAt, endsAt }: Grant, zone: string): EnteredWindow {
  const wallTime = (at: string | null): WallTime =>
    at === null ? NO_TIME : { wall: wallOf(at, zone), fold: foldOf(Date.parse(at), zone) };
  return { start: wallTime(startsAt), end: wallTime(endsAt) };
}

/** What was entered as instants (ms UTC; `null`: blank), or that it cannot be sent as it is. */
export interface ReadWindow {
  readonly startsAt: number | null;
  readonly endsAt: number | null;
  /** Why the end is refused; `null`: it is not. */
  readonly endFault: string | null;
  readonly isValid: boolean;
}

/** Reads the fields on the wall clock of a zone (IANA). */
export function readWindow({ start, end }: EnteredWindow, zone: string, now: number): ReadWindow {
  const startsAt = instantIn(start, zone);
  const endsAt = instantIn(end, zone);
  if (startsAt === 'never' || endsAt === 'never') {
    return { startsAt: null, endsAt: null, endFault: null, isValid: false };
  }
  const endFault =
    endsAt === null
      ? null
      : startsAt !== null && endsAt <= startsAt
        ? t.endBeforeStart
        : startsAt === null && endsAt <= now
          ? t.endPast
          : null;
  return { startsAt, endsAt, endFault, isValid: endFault === null };
}

/** Starts At and Ends At. */
export function WindowFields({
  value,
  zone,
  startHelp,
  startFault = null,
  endFault,
  onChange,
}: {
  value: EnteredWindow;
  /** IANA; `null`: not known yet. */
  zone: string | null;
  startHelp?: string;
  startFault?: string | null;
  endFault: string | null;
  onChange: (value: EnteredWindow) => void;
}) {
  return (
    <SimpleGrid cols={{ base: 1, xs: 2 }}>
      <ZonedTimeInput
        label={t.startsAt}
        description={startHelp}
        error={startFault}
        value={value.start}
        zone={zone}
        onChange={(start) => {
          onChange({ ...value, start });
        }}
      />
      <ZonedTimeInput
        label={t.endsAt}
        description={t.endsHelp}
        error={endFault}
        value={value.end}
        zone={zone}
        onChange={(end) => {
          onChange({ ...value, end });
        }}
      />
    </SimpleGrid>
  );
}
