import { Alert, Button, Group, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { useDoors } from '../../../api/doors';
import { DataList, type Column } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { GuideLink } from '../../../shared/guide-link';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMay } from '../../session';
import { DoorCell, KisiCell, SourceCell, StatusCell, WindowCell } from './grant-cells';
import { GrantActions } from './grant-actions';
import { GrantDialog } from './grant-door-access';
import { useGrants, type Grant, type GrantFilter } from './grants';
import type { Member } from './member';

const t = texts.members.access;
const NO_FILTER: GrantFilter = { status: null, source: null };

/** All access records of a member, and what can be done about them. */
export function DoorAccessTab({ member }: { member: Member }) {
  const mayGrant = useMay('admin', 'booking');
  const [filter, setFilter] = useState(NO_FILTER);
  const [isGranting, granting] = useDisclosure();
  const list = useGrants(member.id, filter);
  const { doorOf, error: doorsError } = useDoors(
    (list.rows ?? []).map(({ doorMappingId }) => doorMappingId),
  );
  const columns: readonly Column<Grant>[] = [
    { title: t.columns.door, cell: (grant) => <DoorCell door={doorOf(grant.doorMappingId)} /> },
    { title: t.columns.source, cell: (grant) => <SourceCell grant={grant} /> },
    { title: t.columns.status, cell: (grant) => <StatusCell grant={grant} /> },
    {
      title: t.columns.window,
      cell: (grant) => <WindowCell grant={grant} door={doorOf(grant.doorMappingId)} />,
    },
    { title: t.columns.kisi, cell: (grant) => <KisiCell grant={grant} /> },
    {
      title: t.columns.actions,
      hidesTitle: true,
      cell: (grant) => (
        <GrantActions grant={grant} member={member} door={doorOf(grant.doorMappingId)} />
      ),
    },
  ];
  const grantButton = mayGrant && (
    <Button leftSection={<IconLock size={18} aria-hidden />} onClick={granting.open}>
      {t.grant}
    </Button>
  );
  return (
    <>
      {member.hold && (
        <Alert color="orange" mb="md">
          {texts.members.grantForm.onHold}
        </Alert>
      )}
      <Group justify="space-between" align="flex-end" mb="md">
        <Filters filter={filter} onChange={setFilter} />
        {grantButton}
      </Group>
      <ProblemAlert error={doorsError} />
      <DataList
        label={t.table}
        list={list}
        columns={columns}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title={t.empty.title} text={t.empty.text}>
            {grantButton}
            <GuideLink section="howGranted" />
          </EmptyState>
        }
        isFiltered={filter.status !== null || filter.source !== null}
        onClearFilters={() => {
          setFilter(NO_FILTER);
        }}
      />
      <GrantDialog member={member} opened={isGranting} onClose={granting.close} />
    </>
  );
}

const { status: STATUSES, source: SOURCES } = texts.common;

function Filters({
  filter,
  onChange,
}: {
  filter: GrantFilter;
  onChange: (filter: GrantFilter) => void;
}) {
  return (
    <Group gap="sm">
      <Select
        label={t.filters.status}
        placeholder={t.filters.all}
        clearable
        w={150}
        data={optionsOf(STATUSES)}
        value={filter.status}
        onChange={(status) => {
          onChange({ ...filter, status });
        }}
      />
      <Select
        label={t.filters.source}
        placeholder={t.filters.all}
        clearable
        w={150}
        data={optionsOf(SOURCES)}
        value={filter.source}
        onChange={(source) => {
          onChange({ ...filter, source });
        }}
      />
    </Group>
  );
}

function optionsOf<Value extends string>(labels: Record<Value, string>) {
  return (Object.entries(labels) as [Value, string][]).map(([value, label]) => ({ value, label }));
}
