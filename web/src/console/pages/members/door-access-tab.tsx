import { Alert, Button, Group, Select } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconLock } from '@tabler/icons-react';
import { useState } from 'react';
import { DataList } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { GuideLink } from '../../../shared/guide-link';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMay } from '../../session';
import { choicesOf } from '../sources/choice-filter';
import { useGrantColumns } from './grant-columns';
import { GrantDialog } from './grant-door-access';
import { useGrants, type GrantFilter } from './grants';
import type { Member } from './member';

const t = texts.members.access;
const NO_FILTER: GrantFilter = {};

/** All access records of a member, and what can be done about them. */
export function DoorAccessTab({ member }: { member: Member }) {
  const mayGrant = useMay('admin', 'booking');
  const [filter, setFilter] = useState(NO_FILTER);
  const [isGranting, granting] = useDisclosure();
  const list = useGrants({ memberId: member.id, ...filter });
  const { columns, error: doorsError, isPending, dialogs } = useGrantColumns(list.rows);
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
        list={isPending ? { ...list, rows: undefined } : list}
        columns={columns}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title={t.empty.title} text={t.empty.text}>
            {grantButton}
            <GuideLink section="howGranted" />
          </EmptyState>
        }
        isFiltered={filter.status !== undefined || filter.source !== undefined}
        onClearFilters={() => {
          setFilter(NO_FILTER);
        }}
      />
      {dialogs}
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
        data={choicesOf(STATUSES)}
        value={filter.status ?? null}
        onChange={(status) => {
          onChange({ ...filter, status: status ?? undefined });
        }}
      />
      <Select
        label={t.filters.source}
        placeholder={t.filters.all}
        clearable
        w={150}
        data={choicesOf(SOURCES)}
        value={filter.source ?? null}
        onChange={(source) => {
          onChange({ ...filter, source: source ?? undefined });
        }}
      />
    </Group>
  );
}
