import { Radio, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { texts } from '../texts';
import { showInstant } from './time';
import { instantOf, readWall, utcOffset, zoneName, type WallTime } from './zoned-time';

const t = texts.doors.time;

export const NO_TIME: WallTime = { wall: '', fold: 'first' };

/** The instant (ms UTC) that is meant in a zone (IANA): `null` for none, `never` where there is no such. */
export function instantIn({ wall, fold }: WallTime, zone: string): number | null | 'never' {
  const reading = readWall(wall, zone);
  return reading === null ? null : (instantOf(reading, fold) ?? 'never');
}

/**
 * Whether every time of a form is whole, or empty. A half-typed one has no value, and would be taken
 * for none: it is marked instead, and gets the focus.
 */
export function hasWholeTimes(form: HTMLFormElement): boolean {
  const half = [...form.elements].find(
    (element) => element instanceof HTMLInputElement && element.validity.badInput,
  );
  if (!(half instanceof HTMLInputElement)) return true;
  half.checkValidity();
  half.focus();
  return false;
}

/**
 * Asks for a date and time on the wall clock of a zone, and says which instant that is: with the
 * zone's name and offset from UTC, and what becomes of it in a night in which the clocks change.
 */
export function ZonedTimeInput({
  label,
  description,
  error,
  value,
  zone,
  onChange,
}: {
  label: string;
  description?: string;
  /** What is wrong with it for reasons of the form. */
  error?: string | null;
  value: WallTime;
  /** IANA; `null`: not known yet. */
  zone: string | null;
  onChange: (value: WallTime) => void;
}) {
  const [isHalf, setIsHalf] = useState(false);
  const reading = zone === null ? null : readWall(value.wall, zone);
  const instant = instantOf(reading, value.fold);
  return (
    <Stack gap={6}>
      <TextInput
        type="datetime-local"
        label={label}
        description={description}
        value={value.wall}
        max="9999-12-31T23:59"
        error={
          reading?.kind === 'never' && zone !== null
            ? t.never(showInstant(reading.skippedTo, zone))
            : isHalf
              ? t.half
              : error
        }
        onInvalid={(event) => {
          event.preventDefault();
          setIsHalf(true);
        }}
        onBlur={({ currentTarget }) => {
          setIsHalf(currentTarget.validity.badInput);
        }}
        onChange={({ currentTarget }) => {
          setIsHalf(false);
          onChange({ wall: currentTarget.value, fold: 'first' });
        }}
      />
      {reading?.kind === 'twice' && zone !== null && (
        <Radio.Group
          label={t.twice}
          size="sm"
          value={value.fold}
          onChange={(fold) => {
            onChange({ ...value, fold: fold === 'second' ? 'second' : 'first' });
          }}
        >
          <Stack gap={4} mt={4}>
            {(['first', 'second'] as const).map((fold) => (
              <Radio
                key={fold}
                value={fold}
                label={t[fold](zoneName(reading[fold], zone), utcOffset(reading[fold], zone))}
              />
            ))}
          </Stack>
        </Radio.Group>
      )}
      {instant !== null && zone !== null && (
        <Text size="sm" role="status">
          {t.reads(showInstant(instant, zone), utcOffset(instant, zone))}
        </Text>
      )}
    </Stack>
  );
}

/** Says in which zone the times of a form are. */
export function ZoneLine({
  door,
}: {
  /** `null`: none is chosen yet. */
  door: { zone: string; location: { name: string } | null } | null;
}) {
  const text =
    door === null
      ? t.chooseDoor
      : door.location === null
        ? t.noLocation
        : t.zoneOf(door.zone, door.location.name);
  return <Text size="sm">{text}</Text>;
}
