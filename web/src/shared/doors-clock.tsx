import { Text } from '@mantine/core';
import { NO_ZONE, useDoors } from '../api/doors';
import { texts } from '../texts';
import { showInstant } from './time';

/** The zone (IANA) of the first of these door mappings that has a location. */
function useZoneOf(doorMappingIds: readonly string[]): string {
  const { doorOf } = useDoors(doorMappingIds);
  const located = doorMappingIds.map((id) => doorOf(id)?.location).find(Boolean);
  return located?.timeZone ?? NO_ZONE;
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
