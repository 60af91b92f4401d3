import { Text } from '@mantine/core';
import { answer, api } from '../../../api/client';
import { useList } from '../../../api/query';
import { DataList } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { instantIn } from '../../../shared/zoned-time-input';
import { texts } from '../../../texts';
import { AccessLogFilters } from './access-log-filters';
import { logColumns, type LoggedMapping } from './log-columns';
import type { LogFilters } from './log-filters';
import { useLogFilters } from './use-log-filters';

const t = texts.doorMappings.log;

/** Who was granted what, and opened which door, when, and what became of it. Times in `zone` (IANA). */
export function AccessLogs({ mapping, zone }: { mapping: LoggedMapping; zone: string }) {
  const { filters, change, clear } = useLogFilters();
  const query = queryOf(filters, zone);
  const list = useList(['access-logs', mapping.id, query], async (cursor) => {
    const page = await answer(
      api.GET('/v1/door-mappings/{id}/access-logs', {
        params: {
          path: { id: mapping.id },
          query: { ...query, format: 'json', ...(cursor !== undefined && { cursor }) },
        },
      }),
    );
    if (typeof page === 'string') throw new Error('JSON was asked for');
    return page;
  });
  const csv = new URLSearchParams({ ...query, format: 'csv' }).toString();
  return (
    <>
      <AccessLogFilters
        filters={filters}
        zone={zone}
        csvAddress={`/v1/door-mappings/${encodeURIComponent(mapping.id)}/access-logs?${csv}`}
        onChange={change}
      />
      <Text size="sm" mb="xs">
        {texts.common.zone(zone)}
      </Text>
      <DataList
        label={t.title}
        list={list}
        columns={logColumns(mapping, zone)}
        rowKey={({ id }) => id}
        isFiltered={Object.keys(query).length > 0}
        onClearFilters={clear}
        empty={<EmptyState title={t.empty} text={t.emptyText} />}
      />
    </>
  );
}

/** The filters as the API takes them; a span that is none, or runs backwards, is left out. */
function queryOf({ memberId, search, action, status, from, to }: LogFilters, zone: string) {
  const [begin, end] = [instantIn(from, zone), instantIn(to, zone)];
  const typed = search.trim();
  const isBackwards = typeof begin === 'number' && typeof end === 'number' && begin >= end;
  return {
    ...(memberId !== null && { memberId }),
    ...(typed !== '' && { search: typed }),
    ...(action !== null && { action }),
    ...(status !== null && { status }),
    ...(typeof begin === 'number' && { from: new Date(begin).toISOString() }),
    ...(typeof end === 'number' && !isBackwards && { to: new Date(end).toISOString() }),
  };
}
