import { Button, Group, Select, Stack } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { SearchField } from '../../../shared/search-field';
import { instantIn, ZonedTimeInput } from '../../../shared/zoned-time-input';
import { texts } from '../../../texts';
import { MemberFilter } from '../sources/member-filter';
import type { LogFilters } from './log-filters';
import { choicesOf } from '../sources/choice-filter';

const t = texts.doorMappings.log;

/** Search by member, or the one member that a link names, action, status and time, and the same rows as CSV. */
export function AccessLogFilters({
  filters,
  zone,
  csvAddress,
  onChange,
}: {
  filters: LogFilters;
  zone: string;
  csvAddress: string;
  onChange: (some: Partial<LogFilters>) => void;
}) {
  const [from, to] = [instantIn(filters.from, zone), instantIn(filters.to, zone)];
  const isBackwards = typeof from === 'number' && typeof to === 'number' && from >= to;
  return (
    <Stack gap="sm" mb="md">
      <Group align="flex-start" gap="sm">
        {filters.memberId === null ? (
          <SearchField
            label={t.member}
            value={filters.search}
            onChange={(search) => {
              onChange({ search });
            }}
          />
        ) : (
          <MemberFilter
            value={filters.memberId}
            onChange={(memberId) => {
              onChange({ memberId });
            }}
          />
        )}
        <Select
          label={t.action}
          placeholder={t.all}
          clearable
          w={150}
          data={choicesOf(t.actions)}
          value={filters.action}
          onChange={(action) => {
            onChange({ action });
          }}
        />
        <Select
          label={t.status}
          placeholder={t.all}
          clearable
          w={190}
          data={choicesOf(t.statuses)}
          value={filters.status}
          onChange={(status) => {
            onChange({ status });
          }}
        />
        <ZonedTimeInput
          label={t.from}
          zone={zone}
          value={filters.from}
          onChange={(value) => {
            onChange({ from: value });
          }}
        />
        <ZonedTimeInput
          label={t.to}
          zone={zone}
          value={filters.to}
          error={isBackwards ? t.order : null}
          onChange={(value) => {
            onChange({ to: value });
          }}
        />
        <Button
          component="a"
          href={csvAddress}
          download
          variant="default"
          mt={24}
          leftSection={<IconDownload size={16} aria-hidden />}
        >
          {t.csv}
        </Button>
      </Group>
    </Stack>
  );
}
