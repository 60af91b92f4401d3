import { Text } from '@mantine/core';
import { useDoors } from '../api/doors';
import { texts } from '../texts';
import { browserZone, showInstant } from './time';

/** The zone (IANA) of the first of these door mappings that has a location, else that of this browser. */
function useZoneOf(doorMappingIds: readonly string[]): string {
  const door = useDoors(doorMappingIds);
  const located = doorMappingIds.map((id) => door(id)?.location).find(Boolean);
  return located?.timeZone ?? browserZone;
}

/** An instant on the clock of the doors that it is about; the zone is named. */
export function DoorsInstant({
  doorMappingIds,
  instant,
}: {
  doorMappingIds: readonly string[];
  instant: string;
}) {
  return <Text size="sm">{showInstant(instant, useZoneOf(doorMappingIds))}</Text>;
}

/** The window of access that others gave at Kisi, which may have no beginning. */
export function ForeignWindow({
  row: { doorMappingIds, from, until },
}: {
  row: { doorMappingIds: readonly string[]; from: string | null; until: string | null };
}) {
  const zone = useZoneOf(doorMappingIds);
  return (
    <Text size="sm">
      {from === null ? texts.common.fromEver : showInstant(from, zone)} –{' '}
      {until === null ? texts.common.noEnd : showInstant(until, zone)}
    </Text>
  );
}
