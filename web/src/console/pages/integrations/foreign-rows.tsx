import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { answer, api } from '../../../api/client';
import { useList } from '../../../api/query';
import { usePost } from '../../../api/repeatable';
import { DataList } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { useForeignColumns, type ForeignRow } from './foreign-columns';
import { ForeignDialog, type ForeignAction } from './foreign-dialog';

const t = texts.integrations.foreign;

interface Asked {
  action: ForeignAction;
  rows: readonly ForeignRow[];
}

/** What one request takes. */
const MOST_ROWS = 50;

/** Role assignments that another tool, or a person, has made: to be adopted or cleared by a person. */
export function ForeignRows({ integrationId }: { integrationId: string }) {
  const list = useList(['foreign-rows', integrationId], (cursor) =>
    answer(
      api.GET('/v1/integrations/{id}/foreign-rows', {
        params: { path: { id: integrationId }, query: cursor === undefined ? {} : { cursor } },
      }),
    ),
  );
  const mayChange = useMayEverywhere('admin');
  const [picked, setPicked] = useState<ReadonlySet<number>>(new Set());
  // What was pressed is what the dialog is about: others may take rows away meanwhile.
  const [asked, setAsked] = useState<Asked>({ action: 'adopt', rows: [] });
  const [isAsking, asking] = useDisclosure();
  const refresh = useRead(integrationId);
  const rows = (list.rows ?? []).filter(({ roleAssignmentId }) => picked.has(roleAssignmentId));
  const columns = useForeignColumns(
    mayChange
      ? {
          picked,
          isFull: rows.length >= MOST_ROWS,
          toggle(id) {
            const next = new Set(picked);
            if (!next.delete(id)) next.add(id);
            setPicked(next);
          },
        }
      : null,
  );
  return (
    <Stack>
      <Title order={2} size="h4">
        {t.title}
      </Title>
      <Text size="sm" maw={720}>
        {t.text}
      </Text>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          loading={refresh.isPending}
          onClick={() => {
            refresh.mutate(integrationId);
          }}
        >
          {t.refresh}
        </Button>
        {mayChange && rows.length > 0 && (
          <>
            <Text size="sm" role="status">
              {t.selected(rows.length)}
              {rows.length >= MOST_ROWS && t.full(MOST_ROWS)}
            </Text>
            {(['adopt', 'clear'] as const).map((name) => (
              <Button
                key={name}
                color={name === 'clear' ? 'red' : undefined}
                onClick={() => {
                  setAsked({ action: name, rows });
                  asking.open();
                }}
              >
                {t[name]}
              </Button>
            ))}
          </>
        )}
      </Group>
      <ProblemAlert error={refresh.error} />
      <DataList
        label={t.title}
        list={list}
        columns={columns}
        rowKey={({ roleAssignmentId }) => String(roleAssignmentId)}
        empty={<EmptyState title={t.empty} text={t.emptyText} />}
      />
      <ForeignDialog
        integrationId={integrationId}
        {...asked}
        opened={isAsking}
        onClose={asking.close}
        onDone={() => {
          setPicked(new Set());
        }}
      />
    </Stack>
  );
}

/** Has the rows read anew at Kisi. */
function useRead(integrationId: string) {
  return usePost(
    (id: string, header) =>
      api.POST('/v1/integrations/{id}/foreign-rows/refresh', { params: { header, path: { id } } }),
    {
      onSuccess: () => {
        notifications.show({ id: `read ${integrationId}`, message: t.refreshed });
      },
    },
  );
}
