import { Anchor, Button, Code } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { answer, api } from '../../../api/client';
import { useList } from '../../../api/query';
import { DataList, type Column } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { PageHeader } from '../../../shared/page-header';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import type { Plan } from './plan';
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
  const list = useList(['plans'], (cursor) =>
    answer(api.GET('/v1/plans', { params: { query: { cursor } } })),
  );
  const createButton = mayCreate && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={creating.open}>
      {t.form.create}
    </Button>
  );
  return (
    <>
      <PageHeader title={t.title} text={t.lead}>
        {list.rows?.length !== 0 && createButton}
      </PageHeader>
      <DataList
        label={t.table}
        list={list}
        columns={COLUMNS}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title={t.empty.title} text={t.empty.text}>
            {createButton}
          </EmptyState>
        }
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
