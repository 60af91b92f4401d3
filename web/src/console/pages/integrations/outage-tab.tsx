import { Alert, Anchor, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { answer, api, type Of } from '../../../api/client';
import { LIVE_MS, useList } from '../../../api/query';
import { ProvisioningBadge, ReadableBadge } from '../../../shared/badges';
import { DataList, type Column } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';

const t = texts.integrations.outage;

type Affected = Of<'AffectedGrant'>;
type Outage = NonNullable<Of<'OutageReport'>['outage']>;

/** Whom the outage that goes on, else the last one, touched. */
export function OutageTab({ integrationId }: { integrationId: string }) {
  const path = { id: integrationId };
  const list = useList(['outage', integrationId, 'rows'], (cursor) =>
    answer(
      api.GET('/v1/integrations/{id}/outage', {
        params: { path, query: cursor === undefined ? {} : { cursor } },
      }),
    ),
  );
  const { data: head } = useQuery({
    queryKey: ['outage', integrationId],
    queryFn: () =>
      answer(api.GET('/v1/integrations/{id}/outage', { params: { path, query: { limit: 1 } } })),
    refetchInterval: LIVE_MS.calm,
  });
  const outage = head?.outage;
  return (
    <Stack>
      <Title order={2} size="h4">
        {t.title}
      </Title>
      <Text size="sm" maw={720}>
        {t.text}
      </Text>
      {outage && <OutageAlert outage={outage} />}
      <DataList
        label={t.title}
        list={list}
        columns={COLUMNS}
        rowKey={({ grant, missed }) => `${grant.id} ${missed}`}
        empty={
          outage === null ? (
            <EmptyState title={t.none} text={t.noneText} />
          ) : (
            <EmptyState title={t.nobody} text={t.nobodyText} />
          )
        }
      />
    </Stack>
  );
}

function OutageAlert({ outage: { detail, from, until } }: { outage: Outage }) {
  const begun = showInstant(from, browserZone);
  return (
    <Alert color={until === null ? 'red' : 'gray'}>
      {until === null
        ? t.goesOn(detail, begun)
        : t.over(detail, begun, showInstant(until, browserZone))}
    </Alert>
  );
}

const COLUMNS: readonly Column<Affected>[] = [
  {
    title: t.columns.member,
    cell: ({ member }) => (
      <Anchor component={Link} to={`/members/${member.id}/door-access`} size="sm">
        {member.name ?? member.id}
      </Anchor>
    ),
  },
  { title: t.columns.door, cell: ({ door }) => <Text size="sm">{door.name}</Text> },
  { title: t.columns.missed, cell: ({ missed }) => <Text size="sm">{t.missed[missed]}</Text> },
  {
    title: t.columns.due,
    cell: ({ dueAt, location }) => (
      <Text size="sm">{showInstant(dueAt, location?.timeZone ?? browserZone)}</Text>
    ),
  },
  {
    title: t.columns.now,
    cell: ({ isMended, grant }) => (
      <Stack gap={4} align="flex-start">
        <ReadableBadge color={isMended ? 'green' : 'red'}>
          {isMended ? t.mended : t.byHand}
        </ReadableBadge>
        <ProvisioningBadge provisioning={grant.provisioning} />
      </Stack>
    ),
  },
];
