import { Stack, Text } from '@mantine/core';
import { api, type Of } from '../../../api/client';
import type { Door } from '../../../api/doors';
import { useList, type ListPage } from '../../../api/query';
import { Dialog } from '../../../shared/dialog';
import { DataList, type Column } from '../../../shared/data-list';
import { browserZone, showInstant, showWindow } from '../../../shared/time';
import { texts } from '../../../texts';
import type { Grant } from './grants';
import { actorName } from './member';

const t = texts.members.historyOf;
/** As the access log of a door says it. */
const logged = texts.doorMappings.log;

type Entry = Of<'AccessLogEntry'>;
/** As JSON; the route also answers CSV, which is text. */
type LogPage = ListPage<Entry>;

interface Props {
  grant: Grant;
  door: Door | undefined;
}

/** What was logged of one grant, newest first. */
export function HistoryDialog({
  opened,
  onClose,
  ...props
}: Props & { opened: boolean; onClose: () => void }) {
  const title = t.title(props.door?.name ?? props.grant.doorMappingId);
  return (
    <Dialog opened={opened} onClose={onClose} title={title} size="xl">
      <History {...props} />
    </Dialog>
  );
}

function History({ grant, door }: Props) {
  const { id, doorMappingId } = grant;
  const zone = door?.zone ?? browserZone;
  const list = useList(['grants', id, 'log'], async (cursor) => {
    const { data } = await api.GET('/v1/door-mappings/{id}/access-logs', {
      params: { path: { id: doorMappingId }, query: { grantId: id, cursor } },
    });
    return data as LogPage;
  });
  const columns: readonly Column<Entry>[] = [
    { title: t.columns.at, cell: ({ at }) => <Text size="sm">{showInstant(at, zone)}</Text> },
    {
      title: t.columns.action,
      cell: ({ action, grant: then }) => (
        <Stack gap={0}>
          <Text size="sm">{logged.actions[action]}</Text>
          {then && (action === 'grant' || action === 'change') && (
            <Text size="xs">{t.window(showWindow(then.startsAt, then.endsAt, zone))}</Text>
          )}
        </Stack>
      ),
    },
    {
      title: t.columns.status,
      cell: ({ status, reason, problem }) => (
        <Stack gap={0}>
          <Text size="sm">{logged.statuses[status]}</Text>
          {(problem?.detail ?? reason) !== null && (
            <Text size="xs">{problem?.detail ?? reason}</Text>
          )}
        </Stack>
      ),
    },
    { title: t.columns.by, cell: ({ by }) => <Text size="sm">{actorName(by)}</Text> },
  ];
  return (
    <DataList
      label={t.table}
      list={list}
      columns={columns}
      rowKey={({ id: entryId }) => entryId}
      empty={<Text>{t.empty}</Text>}
    />
  );
}
