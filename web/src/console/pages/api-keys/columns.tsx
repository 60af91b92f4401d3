import { ActionIcon, Group, Stack, Text } from '@mantine/core';
import { IconPencil, IconTrash } from '@tabler/icons-react';
import { useLocations } from '../../../api/places';
import { ReadableBadge } from '../../../shared/badges';
import type { Column } from '../../../shared/data-list';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { useMayEverywhere, useSession } from '../../session';
import type { ApiKey } from './queries';

export type KeyAction = 'change' | 'delete';

const t = texts.apiKeys;
const SCOPE_COLORS = { admin: 'red', booking: 'blue', operator: 'teal' } as const;

/** The columns of the list of keys. `keys` gives the names of those that made others. */
export function useColumns(
  keys: readonly ApiKey[],
  onAction: (action: KeyAction, apiKey: ApiKey) => void,
): readonly Column<ApiKey>[] {
  const { actor } = useSession();
  const mayChange = useMayEverywhere('admin');
  const { data: locations = [] } = useLocations();
  const nameOf = ({ type, id }: ApiKey['createdBy']): string =>
    keys.find((key) => key.id === id)?.name ?? texts.members.actors[type](id);
  const columns: Column<ApiKey>[] = [
    {
      title: t.columns.name,
      cell: ({ id, name }) => (
        <Stack gap={0}>
          <Text size="sm" fw={600}>
            {name}
          </Text>
          {actor.id === id && <Text size="xs">{t.thisOne}</Text>}
        </Stack>
      ),
    },
    {
      title: t.columns.scopes,
      cell: ({ scopes }) => (
        <Group gap={4}>
          {scopes.map((scope) => (
            <ReadableBadge key={scope} color={SCOPE_COLORS[scope]}>
              {t.scopes[scope].name}
            </ReadableBadge>
          ))}
        </Group>
      ),
    },
    {
      title: t.columns.locations,
      cell: ({ locationIds }) =>
        locationIds === null
          ? t.everyLocation
          : locationIds
              .map((id) => locations.find((location) => location.id === id)?.name ?? id)
              .join(', '),
    },
    {
      title: t.columns.created,
      cell: ({ createdAt, createdBy }) => (
        <Stack gap={0}>
          <Text size="sm">{showInstant(createdAt, browserZone)}</Text>
          <Text size="xs" c="dimmed">
            {t.by(nameOf(createdBy))}
          </Text>
        </Stack>
      ),
    },
    {
      title: t.columns.lastUsed,
      cell: ({ lastUsedAt }) =>
        lastUsedAt === null ? t.never : showInstant(lastUsedAt, browserZone),
    },
    {
      title: t.columns.state,
      cell: ({ revokedAt }) =>
        revokedAt === null ? (
          <ReadableBadge color="green">{t.inUse}</ReadableBadge>
        ) : (
          <ReadableBadge color="gray">
            {t.deletedAt(showInstant(revokedAt, browserZone))}
          </ReadableBadge>
        ),
    },
  ];
  if (!mayChange) return columns;
  return [
    ...columns,
    {
      title: texts.common.actions,
      hidesTitle: true,
      cell: (apiKey) =>
        apiKey.revokedAt === null && (
          <Group gap="xs" wrap="nowrap" justify="flex-end">
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={t.form.changeOf(apiKey.name)}
              onClick={() => {
                onAction('change', apiKey);
              }}
            >
              <IconPencil size={18} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="default"
              size="lg"
              aria-label={t.remove.of(apiKey.name)}
              onClick={() => {
                onAction('delete', apiKey);
              }}
            >
              <IconTrash size={18} aria-hidden />
            </ActionIcon>
          </Group>
        ),
    },
  ];
}
