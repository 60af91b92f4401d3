import { Table } from '@mantine/core';
import { showWindow } from '../time';
import { texts } from '../../texts';
import { sourceName } from './group-rows';
import type { TimelineGroup } from './groups';

const t = texts.timeline.table;

/** The same as the bars, in words. */
export function TimelineTable({
  groups,
  zone,
}: {
  groups: readonly TimelineGroup[];
  /** IANA. */
  zone: string;
}) {
  return (
    <Table aria-label={t.label} fz="sm">
      <Table.Thead>
        <Table.Tr>
          {[t.door, t.member, t.what, t.window, t.status, t.provisioning].map((title) => (
            <Table.Th key={title} scope="col">
              {title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {groups.flatMap((group) => [
          ...group.open.map(({ from, until }) => (
            <Table.Tr key={`${group.key} ${from}`}>
              <Names group={group} />
              <Table.Td>{texts.timeline.access}</Table.Td>
              <Table.Td>{showWindow(from, until, zone)}</Table.Td>
              <Table.Td />
              <Table.Td />
            </Table.Tr>
          )),
          ...group.grants.map(
            ({ grantId, source, sourceId, from, until, status, provisioning }) => (
              <Table.Tr key={grantId}>
                <Names group={group} />
                <Table.Td>{sourceName(source, sourceId)}</Table.Td>
                <Table.Td>{showWindow(from, until, zone)}</Table.Td>
                <Table.Td>{texts.common.status[status]}</Table.Td>
                <Table.Td>{texts.common.provisioning[provisioning]}</Table.Td>
              </Table.Tr>
            ),
          ),
        ])}
      </Table.Tbody>
    </Table>
  );
}

function Names({ group: { doors, memberId, memberName } }: { group: TimelineGroup }) {
  return (
    <>
      <Table.Td>
        {doors.length === 0 ? texts.timeline.deletedDoor : doors.map(({ name }) => name).join(', ')}
      </Table.Td>
      <Table.Td>{memberName ?? memberId}</Table.Td>
    </>
  );
}
