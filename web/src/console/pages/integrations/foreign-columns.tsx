import { Checkbox, Stack, Text } from '@mantine/core';
import type { Of } from '../../../api/client';
import type { Column } from '../../../shared/data-list';
import { DoorsInstant, ForeignWindow } from '../../../shared/doors-clock';
import { DoorLink, MemberLink } from '../../../shared/named';
import { texts } from '../../../texts';

const t = texts.integrations.foreign;

export type ForeignRow = Of<'ListedForeignRow'>;

/** Which rows are picked, and how to pick. */
interface Picking {
  picked: ReadonlySet<number>;
  /** No more can be picked. */
  isFull: boolean;
  toggle: (id: number) => void;
}

/** What the list shows of a foreign row; with a box to pick it where one may. */
export function useForeignColumns(picking: Picking | null): Column<ForeignRow>[] {
  const pick: Column<ForeignRow>[] = picking
    ? [
        {
          title: t.columns.select,
          hidesTitle: true,
          cell: ({ roleAssignmentId: id }) => (
            <Checkbox
              aria-label={t.select(id)}
              checked={picking.picked.has(id)}
              disabled={picking.isFull && !picking.picked.has(id)}
              onChange={() => {
                picking.toggle(id);
              }}
            />
          ),
        },
      ]
    : [];
  return [
    ...pick,
    { title: t.columns.member, cell: (row) => <Who row={row} /> },
    { title: t.columns.door, cell: (row) => <Doors row={row} /> },
    { title: t.columns.window, cell: (row) => <ForeignWindow row={row} /> },
    {
      title: t.columns.made,
      cell: ({ madeAt, doorMappingIds }) => (
        <DoorsInstant instant={madeAt} doorMappingIds={doorMappingIds} />
      ),
    },
    {
      title: t.columns.state,
      cell: ({ wanted, adoptionRefused }) => (
        <Text size="sm">
          {adoptionRefused === null ? (wanted ? t.wanted : t.unwanted) : t.reasons[adoptionRefused]}
        </Text>
      ),
    },
  ];
}

function Who({ row: { memberId, kisiUserId } }: { row: ForeignRow }) {
  if (memberId !== null) return <MemberLink id={memberId} />;
  return <Text size="sm">{kisiUserId === null ? t.team : t.nobody(String(kisiUserId))}</Text>;
}

function Doors({ row: { doorMappingIds, groupId } }: { row: ForeignRow }) {
  if (doorMappingIds.length === 0) return <Text size="sm">{t.group(groupId)}</Text>;
  return (
    <Stack gap={0} align="flex-start">
      {doorMappingIds.map((id) => (
        <DoorLink key={id} id={id} />
      ))}
    </Stack>
  );
}
