import { SimpleGrid } from '@mantine/core';
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
import { lookAgainMs, usePlaceNames, usePlans } from '../sources/source';

type Membership = Of<'Membership'>;

const t = texts.bookings;
const STATUSES = choicesOf(t.membership.status);

/** Loaded by the router. */
export function Component() {
  const places = usePlaceNames();
  const { plans, planName } = usePlans();
  const filters = useFilters(['search', 'memberId', 'planId', 'locationId', 'status']);
  const { status, ...ids } = filters.values;
  const query = {
    ...ids,
    search: filters.search,
    status: choiceAmong(status, t.membership.status),
  };
  const list = useList(
    ['memberships', query],
    (cursor) => answer(api.GET('/v1/memberships', { params: { query: { ...query, cursor } } })),
    { refetchMs: lookAgainMs },
  );
  const columns: Column<Membership>[] = [
    {
      title: t.columns.id.membership,
      cell: ({ id }) => <PlainLink to={`/memberships/${id}`}>{id}</PlainLink>,
    },
    { title: t.columns.members, cell: MembersCell },
    {
      title: t.columns.plan,
      cell: ({ planId }) => (planId === null ? texts.common.unknown : planName(planId)),
    },
    {
      title: t.columns.location,
      cell: ({ locationId }) =>
        locationId === null ? texts.common.unknown : places.locationName(locationId),
    },
    {
      title: t.columns.window,
      cell: ({ startsAt, endsAt, locationId }) =>
        startsAt !== null && showWindow(startsAt, endsAt, places.zoneOf(locationId)),
    },
    { title: t.columns.status, cell: SourceStatusBadge },
    { title: t.columns.doors, cell: DoorsCell },
  ];
  return (
    <>
      <PageHeader title={t.membership.list.title} text={t.membership.list.text} />
      <SimpleGrid
        cols={{ base: 1, sm: 2, lg: 5 }}
        mb="md"
        role="search"
        aria-label={t.filters.label}
      >
        <SearchField label={t.filters.search} {...filters.searchField} />
        <MemberFilter {...filters.field('memberId')} />
        <ChoiceFilter
          label={t.columns.plan}
          choices={plans.map(({ id, name }) => ({ value: id, label: name }))}
          {...filters.field('planId')}
        />
        <ChoiceFilter
          label={t.columns.location}
          choices={places.locations.map(({ id, name }) => ({ value: id, label: name }))}
          {...filters.field('locationId')}
        />
        <ChoiceFilter label={t.columns.status} choices={STATUSES} {...filters.field('status')} />
      </SimpleGrid>
      <DataList
        label={t.membership.list.label}
        list={list}
        columns={columns}
        rowKey={({ id }) => id}
        empty={<NoSources kind="membership" />}
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
      />
    </>
  );
}
