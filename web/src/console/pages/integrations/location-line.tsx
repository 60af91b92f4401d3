import { Badge, Group, Skeleton, Text } from '@mantine/core';
import { useLocations } from '../../../api/places';
import { texts } from '../../../texts';

const t = texts.integrations;

const BADGE_WIDTH = 120;

/** Names the locations that a connection serves. */
export function LocationLine({ ids }: { ids: readonly string[] }) {
  const { data: locations, isPending } = useLocations();
  const names = ids.map((id) => locations?.find((location) => location.id === id)?.name ?? id);
  return (
    <Group gap="xs">
      <Text size="sm" fw={600}>
        {t.locations}
      </Text>
      {names.length === 0 && <Text size="sm">{t.noLocations}</Text>}
      {isPending && names.length > 0 && <Skeleton width={BADGE_WIDTH} height={26} radius="xl" />}
      {(isPending ? [] : names).map((name, index) => (
        <Badge
          key={ids[index]}
          variant="default"
          tt="none"
          size="lg"
          fw={500}
          styles={{ label: { color: 'var(--mantine-color-text)' } }}
        >
          {name}
        </Badge>
      ))}
    </Group>
  );
}
