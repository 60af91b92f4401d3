import { Anchor, Box, Button, Code } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconUserPlus } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { answer, api } from '../../../api/client';
import { useList } from '../../../api/query';
import { ReadableBadge } from '../../../shared/badges';
import { DataList, type Column } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { PageHeader } from '../../../shared/page-header';
import { SearchField } from '../../../shared/search-field';
import { texts } from '../../../texts';
import { useMay } from '../../session';
import { useFilters } from '../sources/filters';
import type { Member } from './member';
import { MemberDialog } from './member-form';

const t = texts.members;

const COLUMNS: readonly Column<Member>[] = [
  {
    title: t.columns.name,
    cell: (member) => (
      <Anchor component={Link} to={`/members/${member.id}`} fw={600}>
        {member.name ?? t.nameless}
      </Anchor>
    ),
  },
  { title: t.columns.email, cell: ({ email }) => email },
  { title: t.columns.id, cell: ({ id }) => <Code>{id}</Code> },
  {
    title: t.columns.state,
    cell: ({ hold }) =>
      hold === null ? t.notOnHold : <ReadableBadge color="orange">{t.onHold}</ReadableBadge>,
  },
];

/** Loaded by the router. */
export function Component() {
  const { values, isFiltered, field, clear } = useFilters(['search']);
  const search = values.search?.trim() ?? '';
  const [isAdding, adding] = useDisclosure();
  const mayAdd = useMay('admin', 'booking');
  const navigate = useNavigate();
  const list = useList(['members', search], (cursor) =>
    answer(
      api.GET('/v1/members', { params: { query: { cursor, ...(search !== '' && { search }) } } }),
    ),
  );
  const addButton = mayAdd && (
    <Button leftSection={<IconUserPlus size={18} aria-hidden />} onClick={adding.open}>
      {t.form.add}
    </Button>
  );
  return (
    <>
      <PageHeader title={t.title} text={t.lead}>
        {addButton}
      </PageHeader>
      <Box role="search" maw={480} mb="md">
        <SearchField label={t.search} {...field('search')} value={values.search ?? ''} />
      </Box>
      <DataList
        label={t.title}
        list={list}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title={t.empty.title} text={t.empty.text}>
            {addButton}
          </EmptyState>
        }
        isFiltered={isFiltered}
        onClearFilters={clear}
      />
      <MemberDialog
        member={null}
        opened={isAdding}
        onClose={adding.close}
        onSaved={(member) => {
          void navigate(`/members/${member.id}`);
        }}
      />
    </>
  );
}
