import { Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../../api/client';
import { usePost } from '../../../api/repeatable';
import { StatusBadge } from '../../../shared/badges';
import { DataList, wholeList, type Column } from '../../../shared/data-list';
import { PlainLink } from '../../../shared/named';
import { ProblemAlert } from '../../../shared/problem-alert';
import { ProblemText } from '../../../shared/problem-text';
import { texts } from '../../../texts';
import { DoorCell, MemberCell } from './named-grant';
import type { NamedGrant, Overview } from './queries';
import { Section } from './section';

const t = texts.overview.attention;

const COLUMNS: readonly Column<NamedGrant>[] = [
  { title: t.columns.member, cell: MemberCell },
  { title: t.columns.door, cell: DoorCell },
  { title: t.columns.status, cell: ({ grant }) => <StatusBadge status={grant.status} /> },
  {
    title: t.columns.problem,
    cell: ({ grant: { problem } }) => problem && <ProblemText problem={problem} maw={520} />,
  },
  {
    title: texts.common.actions,
    hidesTitle: true,
    cell: (named) => <RetryButton named={named} />,
  },
];

/** Grants that need a person, each with what is wrong and what to do. */
export function Attention({ attention: { count, grants } }: Pick<Overview, 'attention'>) {
  return (
    <Section title={t.title} count={count}>
      {grants.length === 0 ? (
        <Text size="sm">{t.none}</Text>
      ) : (
        <DataList
          label={t.title}
          list={wholeList(grants)}
          columns={COLUMNS}
          rowKey={({ grant }) => grant.id}
          empty={null}
        />
      )}
      {grants.length < count && (
        <Group gap="xs">
          <Text size="sm">{t.newest(grants.length, count)}</Text>
          <PlainLink to="/grants?provisioning=attention">{t.all}</PlainLink>
        </Group>
      )}
    </Section>
  );
}

function RetryButton({ named: { grant, member, door } }: { named: NamedGrant }) {
  const queries = useQueryClient();
  const retry = usePost(
    (id: string, header) =>
      answer(api.POST('/v1/grants/{id}/retry', { params: { path: { id }, header } })),
    {
      onSuccess: () => {
        notifications.show({ message: t.retried });
        return queries.invalidateQueries({ queryKey: ['overview'] });
      },
    },
  );
  return (
    <Stack gap="xs" align="flex-end">
      <Button
        size="compact-sm"
        variant="default"
        loading={retry.isPending}
        aria-label={t.retryOf(member.name ?? member.id, door.name)}
        onClick={() => {
          retry.mutate(grant.id);
        }}
      >
        {t.retry}
      </Button>
      <ProblemAlert error={retry.error} />
    </Stack>
  );
}
