import { ActionIcon, Group, Select, Stack, Text } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../api/client';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import type { KisiResource } from './mapping-values';
import type { DoorMapping } from './mappings';

const t = texts.doorMappings.form;
const STALE_MS = 60_000;

/** The doors or groups at Kisi, asked live. */
function useResources(integrationId: string | null, type: KisiResource['type']) {
  return useQuery({
    queryKey: ['kisi-resources', integrationId, type],
    queryFn: async () => {
      const { data } = await answer(
        api.GET('/v1/integrations/{id}/resources', {
          params: { path: { id: integrationId ?? '' }, query: { type } },
        }),
      );
      return data;
    },
    enabled: integrationId !== null,
    staleTime: STALE_MS,
  });
}

/** Picks a door or group of Kisi by typing a part of its name. */
export function ResourceSelect({
  integrationId,
  type,
  mapping,
  value,
  error,
  onPick,
}: {
  integrationId: string | null;
  type: KisiResource['type'];
  /** What is edited: what it leads to can be kept without asking Kisi. */
  mapping: DoorMapping | null;
  value: string | null;
  error: string | undefined;
  onPick: (id: string | null, name: string | null) => void;
}) {
  const { data, error: trouble, isFetching, refetch } = useResources(integrationId, type);
  const options = optionsOf(data, type, mapping);
  const labelOf = (id: string | null) => options.find((option) => option.value === id)?.label;
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <Select
          flex={1}
          label={t.resource}
          description={integrationId === null ? t.resourceFirst : t.resourceHelp}
          withAsterisk
          searchable
          allowDeselect={false}
          disabled={integrationId === null}
          data={options}
          value={value}
          error={error}
          maxDropdownHeight={260}
          nothingFoundMessage={isFetching ? t.resourceLoading : t.resourceNothing}
          placeholder={isFetching ? t.resourceLoading : ''}
          onChange={(id) => {
            onPick(id, labelOf(id) ?? null);
          }}
          renderOption={({ option }) => (
            <Stack gap={0}>
              <Text size="sm">{option.label}</Text>
              <Text size="xs">{describe(data?.find(({ id }) => String(id) === option.value))}</Text>
            </Stack>
          )}
        />
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t.reload}
          title={t.reload}
          disabled={integrationId === null}
          loading={isFetching}
          onClick={() => void refetch()}
        >
          <IconRefresh size={18} />
        </ActionIcon>
      </Group>
      {data?.length === 0 && <Text size="sm">{t.resourceNone}</Text>}
      <ProblemAlert error={trouble} />
    </Stack>
  );
}

function optionsOf(
  resources: readonly KisiResource[] | undefined,
  type: KisiResource['type'],
  mapping: DoorMapping | null,
): { value: string; label: string }[] {
  const options = (resources ?? []).map(({ id, name }) => ({ value: String(id), label: name }));
  options.sort((a, b) => a.label.localeCompare(b.label, texts.locale, { numeric: true }));
  if (mapping?.resourceType !== type) return options;
  const current = { value: String(mapping.resourceId), label: mapping.resourceName };
  return options.some(({ value }) => value === current.value) ? options : [current, ...options];
}

function describe(resource: KisiResource | undefined): string {
  if (resource === undefined) return '';
  const { placeName, online, description } = resource;
  const state = online === null ? null : online ? t.online : t.offline;
  return [placeName, description, state].filter((part) => part !== null && part !== '').join(' · ');
}
