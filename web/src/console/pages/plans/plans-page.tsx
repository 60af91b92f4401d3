import { Anchor, Box, Button, Code } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import { LIVE_MS } from '../../../api/query';
import { DataList, wholeList, type Column } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { PageHeader } from '../../../shared/page-header';
import { SearchField } from '../../../shared/search-field';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { useFilters } from '../sources/filters';
import { allPlans, type Plan } from './plan';
import { PlanDialog } from './plan-form';

const t = texts.plans;

const COLUMNS: readonly Column<Plan>[] = [
  {
    title: t.columns.name,
    cell: ({ id, name }) => (
      <Anchor component={Link} to={`/plans/${id}`} fw={600}>
        {name}
      </Anchor>
    ),
  },
  { title: t.columns.id, cell: ({ id }) => <Code>{id}</Code> },
  {
    title: t.columns.doors,
    cell: ({ doorMappingIds }) => t.doorCount(doorMappingIds.length),
  },
];

/** Loaded by the router. */
export function Component() {
  const [isCreating, creating] = useDisclosure();
  const mayCreate = useMayEverywhere('admin', 'booking');
  const navigate = useNavigate();
  const filters = useFilters(['search']);
  const { data: plans, error } = useQuery({ ...allPlans, refetchInterval: LIVE_MS.calm });
  const found = plans?.filter((plan) => isMatch(plan, filters.search ?? ''));
  const createButton = mayCreate && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={creating.open}>
      {t.form.create}
    </Button>
  );
  return (
    <>
      <PageHeader title={t.title} text={t.lead}>
        {plans?.length !== 0 && createButton}
      </PageHeader>
      <Box role="search" aria-label={texts.common.search} maw={480} mb="md">
        <SearchField label={t.search} {...filters.searchField} />
      </Box>
      <DataList
        label={t.table}
        list={wholeList(found, error)}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title={t.empty.title} text={t.empty.text}>
            {createButton}
          </EmptyState>
        }
        isFiltered={filters.isFiltered}
        onClearFilters={filters.clear}
      />
      <PlanDialog
        plan={null}
        opened={isCreating}
        onClose={creating.close}
        onSaved={({ id }) => {
          void navigate(`/plans/${id}/door-access`);
        }}
      />
    </>
  );
}

/** By a part of the name, in any case, or the beginning of the id. */
function isMatch({ id, name }: Plan, search: string): boolean {
  return name.toLowerCase().includes(search.toLowerCase()) || id.startsWith(search);
}
