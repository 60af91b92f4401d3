import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useLocations, useSpaces } from '../../../api/places';
import { ReadableBadge } from '../../../shared/badges';
import type { Column } from '../../../shared/data-list';
import { texts } from '../../../texts';
import type { DoorMapping } from './mappings';
import { RowActions } from './row-actions';

const t = texts.doorMappings;

/** What the list shows of a door mapping. */
export function useColumns(): Column<DoorMapping>[] {
  const { data: locations } = useLocations();
  const { data: spaces } = useSpaces();
  return [
    { title: t.columns.name, cell: (mapping) => <Name mapping={mapping} /> },
    {
      title: t.columns.type,
      cell: ({ resourceType }) => <Text size="sm">{t.type[resourceType]}</Text>,
    },
    {
      title: t.columns.location,
      cell: ({ locationId }) => (
        <Text size="sm">
          {locationId === null
            ? t.notAssigned
            : (locations?.find(({ id }) => id === locationId)?.name ?? locationId)}
        </Text>
      ),
    },
    {
      title: t.columns.space,
      cell: (mapping) => (
        <Text size="sm">
          {spaceWords(mapping, (spaceId) => spaces?.find(({ id }) => id === spaceId)?.name)}
        </Text>
      ),
    },
    { title: t.columns.state, cell: (mapping) => <MappingState mapping={mapping} /> },
    {
      title: texts.common.actions,
      hidesTitle: true,
      cell: (mapping) => <RowActions mapping={mapping} />,
    },
  ];
}

/** Which space a mapping protects, or why there is none. */
export function spaceWords(
  { resourceType, spaceId, locationId }: DoorMapping,
  nameOf: (spaceId: string) => string | undefined,
): string {
  if (spaceId !== null) return nameOf(spaceId) ?? spaceId;
  if (locationId === null) return t.notAssigned;
  return resourceType === 'group' ? t.wholeLocation : t.noSpace;
}

function Name({ mapping: { id, name, resourceName } }: { mapping: DoorMapping }) {
  return (
    <Stack gap={0}>
      <Anchor component={Link} to={`/door-mappings/${id}`} fw={600}>
        {name}
      </Anchor>
      {resourceName !== name && <Text size="xs">{t.atKisi(resourceName)}</Text>}
    </Stack>
  );
}

/** Whether a mapping can open its door, and what it lacks. */
export function MappingState({
  mapping: { active, missingSince, locationId },
}: {
  mapping: DoorMapping;
}) {
  if (!active) return <ReadableBadge color="gray">{t.state.inactive}</ReadableBadge>;
  if (missingSince !== null) return <ReadableBadge color="red">{t.state.missing}</ReadableBadge>;
  if (locationId === null) return <ReadableBadge color="yellow">{t.notAssigned}</ReadableBadge>;
  return <ReadableBadge color="green">{t.state.active}</ReadableBadge>;
}
