import { Text } from '@mantine/core';
import { useState } from 'react';
import { answer, api } from '../../../api/client';
import { useList } from '../../../api/query';
import { DataList } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { instantIn, NO_TIME } from '../../../shared/zoned-time-input';
import { texts } from '../../../texts';
import { AccessLogFilters, type LogFilters } from './access-log-filters';
import { logColumns, type LoggedMapping } from './log-columns';

const t = texts.doorMappings.log;
const NO_FILTERS: LogFilters = {
  search: '',
  action: null,
  status: null,
  from: NO_TIME,
  to: NO_TIME,
};

/** Who was granted what, and opened which door, when, and what became of it. Times in `zone` (IANA). */
export function AccessLogs({ mapping, zone }: { mapping: LoggedMapping; zone: string }) {
  const [filters, setFilters] = useState(NO_FILTERS);
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
        onChange={(some) => {
          setFilters((before) => ({ ...before, ...some }));
        }}
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
        onClearFilters={() => {
          setFilters(NO_FILTERS);
        }}
        empty={<EmptyState title={t.empty} text={t.emptyText} />}
      />
    </>
  );
}

/** The filters as the API takes them; a span that is none, or runs backwards, is left out. */
function queryOf({ search, action, status, from, to }: LogFilters, zone: string) {
  const [begin, end] = [instantIn(from, zone), instantIn(to, zone)];
  const typed = search.trim();
  const isBackwards = typeof begin === 'number' && typeof end === 'number' && begin >= end;
  return {
    ...(typed !== '' && { search: typed }),
    ...(action !== null && { action }),
    ...(status !== null && { status }),
    ...(typeof begin === 'number' && { from: new Date(begin).toISOString() }),
    ...(typeof end === 'number' && !isBackwards && { to: new Date(end).toISOString() }),
  };
}
