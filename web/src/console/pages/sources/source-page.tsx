import { Alert, List, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { BackLink } from '../../../shared/back-link';
import { PageHeader } from '../../../shared/page-header';
import { ProblemAlert } from '../../../shared/problem-alert';
import { showWindow } from '../../../shared/time';
import { texts } from '../../../texts';
import { SourceStatusBadge } from './cells';
import { Facts } from '../../../shared/facts';
import { MemberLink } from '../../../shared/named';
import { SourceGrants } from './source-grants';
import { SourceProgress } from './source-progress';
import { SourceWarnings } from './source-warnings';
import type { Source, SourceKind } from './source';

const t = texts.bookings;

/** Where the list of the kind is. */
const LISTS = { booking: '/bookings', membership: '/memberships' } as const;

/** One booking or membership: what the booking system says, how far that has come, and its grants. */
export function SourcePage({
  kind,
  id,
  source,
  error,
  zone,
  about,
}: {
  kind: SourceKind;
  id: string;
  /** `undefined`: not read yet. */
  source: Source | undefined;
  error: unknown;
  /** IANA; of its location. */
  zone: string;
  /** What only this kind has, by its name. */
  about: readonly (readonly [name: string, value: ReactNode])[];
}) {
  return (
    <Stack>
      <div>
        <BackLink to={LISTS[kind]}>{t[kind].list.title}</BackLink>
        <PageHeader title={t[kind].title(id)} />
      </div>
      <ProblemAlert error={error} />
      {source === undefined ? (
        !error && <Skeleton height={220} />
      ) : (
        <>
          {source.deleted && <Alert color="gray">{t[kind].deleted}</Alert>}
          <SourceWarnings kind={kind} source={source} />
          <SimpleGrid cols={{ base: 1, md: 2 }}>
            <Paper withBorder p="md" component="section" aria-labelledby="source-says">
              <Title order={2} size="h4" mb="sm" id="source-says">
                {t.detail.facts}
              </Title>
              <Facts
                facts={[
                  [t.columns.status, <SourceStatusBadge key="status" status={source.status} />],
                  [t.columns.members, <Members key="members" memberIds={source.memberIds} />],
                  ...about,
                  [
                    t.columns.window,
                    source.startsAt === null
                      ? texts.common.unknown
                      : showWindow(source.startsAt, source.endsAt, zone),
                  ],
                ]}
              />
            </Paper>
            <SourceProgress kind={kind} source={source} />
          </SimpleGrid>
          <SourceGrants kind={kind} source={source} zone={zone} />
        </>
      )}
    </Stack>
  );
}

function Members({ memberIds }: Pick<Source, 'memberIds'>) {
  if (memberIds.length === 0) return <Text size="sm">{texts.common.none}</Text>;
  return (
    <List listStyleType="none" size="sm">
      {memberIds.map((id) => (
        <List.Item key={id}>
          <MemberLink id={id} />
        </List.Item>
      ))}
    </List>
  );
}
