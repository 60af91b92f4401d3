import { SimpleGrid, Text, TextInput } from '@mantine/core';
import { answer, api, type Of } from '../../../api/client';
import { useList } from '../../../api/query';
import { DataList, type Column } from '../../../shared/data-list';
import { PlainLink } from '../../../shared/named';
import { PageHeader } from '../../../shared/page-header';
import { SearchField } from '../../../shared/search-field';
import { showWindow } from '../../../shared/time';
import { texts } from '../../../texts';
import { choiceAmong } from '../../choice-of';
import { DoorsCell, MembersCell, SourceStatusBadge } from '../sources/cells';
import { ChoiceFilter, choicesOf } from '../sources/choice-filter';
import { useFilters } from '../sources/filters';
import { MemberFilter } from '../sources/member-filter';
import { NoSources } from '../sources/no-sources';
import { lookAgainMs, usePlaceNames } from '../sources/source';
import { dayAfter, startOfDay } from './days';

type Booking = Of<'Booking'>;

const t = texts.bookings;
const STATUSES = choicesOf(t.booking.status);

/** Loaded by the router. */
export function Component() {
  const places = usePlaceNames();
  const filters = useFilters([
    'search',
    'memberId',
    'locationId',
    'spaceId',
    'status',
    'from',
    'until',
  ]);
  const { memberId, locationId, spaceId, status, from, until } = filters.values;
  const asked = places.locationOfSpace(spaceId ?? null) ?? locationId;
  const zone = asked === undefined ? places.commonZone : places.zoneOf(asked);
  // The API refuses it, and while a year is typed it is 0002 for a moment.
  const isBackwards = from !== undefined && until !== undefined && until < from;
  const query = {
    search: filters.search,
    memberId,
    locationId,
    spaceId,
    status: choiceAmong(status, t.booking.status),
    from: startOfDay(from, zone),
    to: isBackwards ? undefined : startOfDay(dayAfter(until), zone),
  };
  const list = useList(
    ['bookings', query],
    (cursor) => answer(api.GET('/v1/bookings', { params: { query: { ...query, cursor } } })),
    { refetchMs: lookAgainMs },
  );
  const columns: Column<Booking>[] = [
    {
      title: t.columns.id.booking,
      cell: ({ id }) => <PlainLink to={`/bookings/${id}`}>{id}</PlainLink>,
    },
    { title: t.columns.members, cell: MembersCell },
    {
      title: t.columns.space,
      cell: ({ spaceId: id }) => (id === null ? texts.common.unknown : places.spaceName(id)),
    },
    {
      title: t.columns.window,
      cell: ({ startsAt, endsAt, spaceId: id }) =>
        startsAt !== null &&
        showWindow(startsAt, endsAt, places.zoneOf(places.locationOfSpace(id))),
    },
    { title: t.columns.status, cell: SourceStatusBadge },
    { title: t.columns.doors, cell: DoorsCell },
  ];
  return (
    <>
      <PageHeader title={t.booking.list.title} text={t.booking.list.text} />
      <SimpleGrid
        cols={{ base: 1, sm: 2, lg: 4 }}
        mb="xs"
        role="search"
        aria-label={t.filters.label}
      >
        <SearchField label={t.filters.search} {...filters.searchField} />
        <MemberFilter {...filters.field('memberId')} />
        <ChoiceFilter
          label={t.columns.location}
          choices={places.locations.map(({ id, name }) => ({ value: id, label: name }))}
          {...filters.field('locationId')}
        />
        <ChoiceFilter
          label={t.columns.space}
          choices={places.spaces
            // The one that is chosen shows even where the location is another.
            .filter(
              (space) =>
                locationId === undefined || space.locationId === locationId || space.id === spaceId,
            )
            .map((space) => ({
              value: space.id,
              label: t.inLocation(space.name, places.locationName(space.locationId)),
            }))}
          {...filters.field('spaceId')}
        />
        <ChoiceFilter label={t.columns.status} choices={STATUSES} {...filters.field('status')} />
        <DayInput label={t.filters.from} max={until} {...filters.field('from')} />
        <DayInput
          label={t.filters.until}
          min={from}
          error={isBackwards ? t.filters.order : null}
          {...filters.field('until')}
        />
      </SimpleGrid>
      <Text size="sm" c="dimmed" mb="md">
        {t.filters.days(zone)}
      </Text>
      <DataList
        label={t.booking.list.label}
        list={list}
        columns={columns}
        rowKey={({ id }) => id}
        empty={<NoSources kind="booking" />}
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
      />
    </>
  );
}

function DayInput({
  label,
  value = '',
  onChange,
  ...limits
}: {
  label: string;
  /** `2026-11-24`. */
  value: string | undefined;
  min?: string | undefined;
  max?: string | undefined;
  error?: string | null;
  onChange: (day: string) => void;
}) {
  return (
    <TextInput
      type="date"
      label={label}
      value={value}
      {...limits}
      onChange={({ currentTarget }) => {
        onChange(currentTarget.value);
      }}
    />
  );
}
