import { SimpleGrid } from '@mantine/core';
import { DataList } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { GuideLink } from '../../../shared/guide-link';
import { PlainLink } from '../../../shared/named';
import { PageHeader } from '../../../shared/page-header';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { choiceAmong } from '../../choice-of';
import { useGrants } from '../members/grants';
import { ChoiceFilter, choicesOf } from '../sources/choice-filter';
import { useFilters } from '../sources/filters';
import { MemberFilter } from '../sources/member-filter';
import { useColumns } from './columns';

const t = texts.grants;
const { columns: names } = texts.members.access;
const PROVISIONINGS = choicesOf(texts.common.provisioning);
const STATUSES = choicesOf(texts.common.status);
const SOURCES = choicesOf(texts.common.source);

/** Loaded by the router: the grants of all members. */
export function Component() {
  const filters = useFilters(['memberId', 'provisioning', 'status', 'source']);
  const { memberId, provisioning, status, source } = filters.values;
  const list = useGrants({
    memberId,
    provisioning: choiceAmong(provisioning, texts.common.provisioning),
    status: choiceAmong(status, texts.common.status),
    source: choiceAmong(source, texts.common.source),
  });
  const { columns, error, isPending, dialogs } = useColumns(list.rows);
  return (
    <>
      <PageHeader title={t.title} text={t.text} />
      <SimpleGrid
        cols={{ base: 1, sm: 2, lg: 4 }}
        mb="md"
        role="search"
        aria-label={texts.bookings.filters.label}
      >
        <ChoiceFilter
          label={names.kisi}
          choices={PROVISIONINGS}
          {...filters.field('provisioning')}
        />
        <MemberFilter {...filters.field('memberId')} />
        <ChoiceFilter label={names.status} choices={STATUSES} {...filters.field('status')} />
        <ChoiceFilter label={names.source} choices={SOURCES} {...filters.field('source')} />
      </SimpleGrid>
      <ProblemAlert error={error} />
      <DataList
        label={t.title}
        list={isPending ? { ...list, rows: undefined } : list}
        columns={columns}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title={t.empty.title} text={t.empty.text}>
            <PlainLink to="/members">{t.empty.toMembers}</PlainLink>
            <GuideLink section="howGranted" />
          </EmptyState>
        }
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
      />
      {dialogs}
    </>
  );
}
