import { Group, Stack, Text } from '@mantine/core';
import { DataList, wholeList, type Column } from '../../../shared/data-list';
import { ForeignWindow } from '../../../shared/doors-clock';
import { DoorLink, MemberLink, PlainLink } from '../../../shared/named';
import { texts } from '../../../texts';
import type { Overview } from './queries';
import { Section } from './section';

type ForeignRow = Overview['foreignRows']['rows'][number];

const t = texts.overview.foreign;

const COLUMNS: readonly Column<ForeignRow>[] = [
  {
    title: t.columns.who,
    cell: ({ memberId, kisiUserId }) => (
      <Stack gap={0}>
        {memberId !== null && <MemberLink id={memberId} />}
        <Text size={memberId === null ? 'sm' : 'xs'}>
          {kisiUserId === null ? t.nobody : t.kisiUser(kisiUserId)}
        </Text>
      </Stack>
    ),
  },
  {
    title: t.columns.where,
    cell: ({ doorMappingIds, groupId }) =>
      doorMappingIds.length === 0 ? (
        t.group(groupId)
      ) : (
        <Group gap={6}>
          {doorMappingIds.map((id) => (
            <DoorLink key={id} id={id} />
          ))}
        </Group>
      ),
  },
  { title: t.columns.window, cell: (row) => <ForeignWindow row={row} /> },
  { title: t.columns.wanted, cell: ({ wanted }) => (wanted ? t.yes : t.no) },
];

/** Access at Kisi that was not given from here. */
export function ForeignRows({ foreignRows: { count, rows } }: Pick<Overview, 'foreignRows'>) {
  return (
    <Section title={t.title} text={t.text} count={count}>
      {count === 0 ? (
        <Text size="sm">{t.none}</Text>
      ) : (
        <>
          <DataList
            label={t.title}
            list={wholeList(rows)}
            columns={COLUMNS}
            rowKey={({ integrationId, roleAssignmentId }) =>
              `${integrationId} ${String(roleAssignmentId)}`
            }
            empty={null}
          />
          {rows.length < count && <Text size="sm">{t.some(rows.length, count)}</Text>}
          <PlainLink to="/settings/integrations">{t.open}</PlainLink>
        </>
      )}
    </Section>
  );
}
