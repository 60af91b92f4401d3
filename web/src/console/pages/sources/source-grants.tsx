import { Alert, Anchor, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { answer, api, type Of } from '../../../api/client';
import { LIVE_MS, useList } from '../../../api/query';
import { ProvisioningBadge, SourceBadge, StatusBadge } from '../../../shared/badges';
import { DataList, type Column } from '../../../shared/data-list';
import { DoorLink, MemberLink } from '../../../shared/named';
import { ProblemText } from '../../../shared/problem-text';
import { showInstant, showWindow } from '../../../shared/time';
import { texts } from '../../../texts';
import type { Source, SourceKind } from './source';

type Grant = Of<'Grant'>;

const t = texts.bookings;
/** Why its grants exist. */
const GRANT_SOURCES = { booking: 'booking', membership: 'plan' } as const;

/** The grants that a booking or membership made, former ones included, and those that it will make. */
export function SourceGrants({
  kind,
  source,
  zone,
}: {
  kind: SourceKind;
  source: Source;
  /** IANA. */
  zone: string;
}) {
  const grantsOf = { source: GRANT_SOURCES[kind], sourceId: source.id };
  const list = useList(
    ['grants', grantsOf],
    (cursor) => answer(api.GET('/v1/grants', { params: { query: { ...grantsOf, cursor } } })),
    { refetchMs: source.settled ? LIVE_MS.calm : LIVE_MS.busy },
  );
  const upcoming = source.doors.filter(({ status }) => status === null);
  const columns: Column<Grant>[] = [
    { title: t.columns.door, cell: ({ doorMappingId }) => <DoorLink id={doorMappingId} /> },
    { title: t.columns.member, cell: ({ memberId }) => <MemberLink id={memberId} /> },
    { title: t.columns.source, cell: SourceBadge },
    { title: t.columns.window, cell: ({ startsAt, endsAt }) => showWindow(startsAt, endsAt, zone) },
    { title: t.columns.status, cell: StatusBadge },
    { title: t.columns.provisioning, cell: (grant) => <AtKisi grant={grant} zone={zone} /> },
  ];
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="source-grants">
      <Stack>
        <div>
          <Title order={2} size="h4" id="source-grants">
            {t.detail.grants}
          </Title>
          <Text size="sm" c="dimmed">
            {t.detail.grantsText}
          </Text>
        </div>
        {upcoming.length > 0 && (
          <Alert title={t.detail.upcoming}>
            <Text size="sm">{t.detail.upcomingText}</Text>
            {upcoming.map(({ grantId, name, memberId, startsAt, endsAt }) => (
              <Text key={grantId} size="sm">
                {name} · <MemberLink id={memberId} /> · {showWindow(startsAt, endsAt, zone)}
              </Text>
            ))}
          </Alert>
        )}
        <DataList
          label={t.detail.grants}
          list={list}
          columns={columns}
          rowKey={({ id }) => id}
          empty={<Text>{t.detail.noGrants}</Text>}
        />
      </Stack>
    </Paper>
  );
}

function AtKisi({ grant, zone }: { grant: Grant; zone: string }) {
  const { provisioning, problem, inPlaceAt, removedAt, memberId } = grant;
  return (
    <Stack gap={2} align="flex-start">
      <ProvisioningBadge provisioning={provisioning} />
      {provisioning === 'in_place' && inPlaceAt !== null && (
        <Text size="xs">{t.detail.inPlaceSince(showInstant(inPlaceAt, zone))}</Text>
      )}
      {provisioning === 'removed' && removedAt !== null && (
        <Text size="xs">{t.detail.removedAt(showInstant(removedAt, zone))}</Text>
      )}
      {problem && (
        <>
          <ProblemText problem={problem} size="xs" />
          <Anchor
            component={Link}
            to={`/members/${memberId}/door-access`}
            size="xs"
            c="inherit"
            underline="always"
          >
            {t.detail.openGrants}
          </Anchor>
        </>
      )}
    </Stack>
  );
}
