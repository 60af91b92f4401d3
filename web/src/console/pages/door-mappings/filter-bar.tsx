import { Checkbox, Group, Select } from '@mantine/core';
import { useLocations } from '../../../api/places';
import { SearchField } from '../../../shared/search-field';
import { texts } from '../../../texts';
import type { Filters } from './filters';

const t = texts.doorMappings.filters;

/** Search and filters above the list. */
export function FilterBar({
  filters,
  onChange,
}: {
  filters: Filters;
  onChange: (some: Partial<Filters>) => void;
}) {
  const { data: locations = [] } = useLocations();
  return (
    <Group role="search" aria-label={t.label} align="flex-end" gap="sm" mb="md">
      <SearchField
        label={t.search}
        value={filters.search}
        onChange={(search) => {
          onChange({ search });
        }}
      />
      <Select
        label={t.location}
        placeholder={t.all}
        clearable
        data={locations.map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.locationId}
        onChange={(locationId) => {
          onChange({ locationId });
        }}
        w={180}
      />
      <Select
        label={t.type}
        placeholder={t.all}
        clearable
        data={[
          { value: 'lock', label: texts.doorMappings.type.lock },
          { value: 'group', label: texts.doorMappings.type.group },
        ]}
        value={filters.resourceType}
        onChange={(resourceType) => {
          onChange({ resourceType });
        }}
        w={160}
      />
      <Checkbox
        label={t.unassigned}
        checked={filters.unassigned}
        onChange={({ currentTarget }) => {
          onChange({ unassigned: currentTarget.checked });
        }}
        mb={8}
      />
      <Checkbox
        label={t.inactive}
        checked={filters.inactive}
        onChange={({ currentTarget }) => {
          onChange({ inactive: currentTarget.checked });
        }}
        mb={8}
      />
    </Group>
  );
}
