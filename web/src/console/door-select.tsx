import { Select, Stack, Text, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../api/client';
import { doorOf, useDoors, type Door, type DoorMapping } from '../api/doors';
import { useLocations } from '../api/places';
import { texts } from '../texts';

const t = texts.doors.select;
const MOST_OPTIONS = 100;
const TYPING_MS = 200;

/**
 * Picks a door or group among the door mappings, searched by the beginning of their names' words.
 * Tells the door with its place, so that its zone is known.
 */
export function DoorSelect({
  value,
  onPick,
  onlyActive = false,
  unfit,
  ...props
}: {
  /** The id of the mapping. */
  value: string | null;
  onPick: (door: Door | null) => void;
  /** Leaves out those that nothing can be granted at. */
  onlyActive?: boolean;
  /** Why a mapping cannot be picked; `null`: it can. */
  unfit?: (mapping: DoorMapping) => string | null;
} & Pick<SelectProps, 'label' | 'description' | 'error' | 'required'>) {
  const [search, setSearch] = useState('');
  const [typed] = useDebouncedValue(search, TYPING_MS);
  const chosen = useDoors(value === null ? [] : [value]).doorOf(value ?? '');
  // What stands in the field once a door is picked is its name, and no search.
  const query = typed === chosen?.name ? '' : typed.trim();
  const { data: locations, error: placesError } = useLocations();
  const {
    data: mappings,
    error: mappingsError,
    isFetching,
  } = useQuery({
    queryKey: ['door-mappings', 'select', query, onlyActive],
    queryFn: () =>
      answer(
        api.GET('/v1/door-mappings', {
          params: {
            query: {
              limit: MOST_OPTIONS,
              ...(query !== '' && { search: query }),
              ...(onlyActive && { active: 'true' as const }),
            },
          },
        }),
      ),
    placeholderData: keepPreviousData,
  });
  const error = mappingsError ?? placesError;
  // Without its place nobody knows the zone of the times that are entered for it.
  const found = locations
    ? (mappings?.data ?? []).map((mapping) => doorOf(mapping, locations))
    : [];
  const doors = chosen && !found.some(({ id }) => id === chosen.id) ? [...found, chosen] : found;
  return (
    <Select
      {...props}
      searchable
      openOnFocus={false}
      clearable
      placeholder={t.placeholder}
      value={value}
      searchValue={search}
      onSearchChange={setSearch}
      data={doors.map(({ id, name, mapping }) => ({
        value: id,
        label: name,
        disabled: mapping !== null && (unfit?.(mapping) ?? null) !== null,
      }))}
      filter={({ options }) => options}
      nothingFoundMessage={
        error ? t.failed : isFetching || !locations ? texts.common.loading : t.nothing
      }
      onChange={(id) => {
        onPick(doors.find((door) => door.id === id) ?? null);
      }}
      renderOption={({ option }) => {
        const door = doors.find(({ id }) => id === option.value);
        return (
          <Stack gap={0}>
            <Text size="sm">{option.label}</Text>
            {door && (
              <Text size="xs" opacity={0.85}>
                {describe(door)}
                {door.mapping && unfit?.(door.mapping)}
              </Text>
            )}
          </Stack>
        );
      }}
      comboboxProps={{ withinPortal: true }}
      clearButtonProps={{ 'aria-label': t.clear }}
      maxDropdownHeight={280}
    />
  );
}

function describe({ mapping, location }: Door): string {
  const type = mapping === null ? texts.common.unknown : t.type[mapping.resourceType];
  return `${type} · ${location?.name ?? t.noLocation}${mapping?.active === false ? ` · ${t.inactive}` : ''} `;
}
