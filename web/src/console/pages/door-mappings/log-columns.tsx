import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { ReadableBadge, SourceBadge } from '../../../shared/badges';
import type { Column } from '../../../shared/data-list';
import { PlainLink } from '../../../shared/named';
import { showInstant, showWindow } from '../../../shared/time';
import { texts } from '../../../texts';
import type { LogEntry } from './log-entry';

const t = texts.doorMappings.log;

const COLORS: Readonly<Record<LogEntry['status'], string>> = {
  accepted: 'blue',
  opened: 'green',
  refused: 'red',
  no_answer: 'yellow',
  pending: 'yellow',
  queued: 'yellow',
  in_place: 'green',
  removing: 'yellow',
  removed: 'gray',
  attention: 'red',
};

/** Whose log it is. */
export interface LoggedMapping {
  readonly id: string;
  /** Its rows may be of several doors. */
  readonly showsDoors: boolean;
}

/** The columns of an access log, with times in a zone (IANA). */
export function logColumns(of: LoggedMapping, zone: string): Column<LogEntry>[] {
  const door: Column<LogEntry> = {
    title: t.columns.door,
    cell: ({ lock }) => lock && <Text size="sm">{lock.name}</Text>,
  };
  return [
    {
      title: t.columns.time,
      cell: ({ at }) => <Text size="sm">{showInstant(at, zone)}</Text>,
    },
    {
      title: t.columns.member,
      cell: ({ memberId, memberName, kisiName }) =>
        memberId === null ? (
          <Text size="sm">{kisiName ?? t.noMember}</Text>
        ) : (
          <Anchor component={Link} to={`/members/${memberId}`} size="sm">
            {memberName ?? memberId}
          </Anchor>
        ),
    },
    ...(of.showsDoors ? [door] : []),
    { title: t.columns.action, cell: ({ action }) => <Text size="sm">{t.actions[action]}</Text> },
    {
      title: t.columns.status,
      cell: ({ status }) => (
        <ReadableBadge color={COLORS[status]}>{t.statuses[status]}</ReadableBadge>
      ),
    },
    { title: t.columns.source, cell: ({ source }) => source && <SourceBadge source={source} /> },
    { title: t.columns.details, cell: (entry) => <Details entry={entry} of={of} zone={zone} /> },
  ];
}

function Details({ entry, of, zone }: { entry: LogEntry; of: LoggedMapping; zone: string }) {
  const { grant, by, reason, problem } = entry;
  return (
    <Stack gap={0} miw={220}>
      {grant && <Text size="sm">{showWindow(grant.startsAt, grant.endsAt, zone)}</Text>}
      <Text size="sm">{t.by[by.type](by.id)}</Text>
      {entry.doorMappingId !== of.id && <Through entry={entry} />}
      {reason !== null && <Text size="sm">“{reason}”</Text>}
      {problem !== null && (
        <Text size="sm" fw={600}>
          {problem.detail}
        </Text>
      )}
    </Stack>
  );
}

/** The group through which somebody opened a lock. */
function Through({ entry: { doorMappingId, doorMappingName } }: { entry: LogEntry }) {
  if (doorMappingId === null) return <Text size="sm">{t.throughElsewhere}</Text>;
  return (
    <Text size="sm">
      {t.through}{' '}
      <PlainLink to={`/door-mappings/${doorMappingId}`}>
        {doorMappingName ?? doorMappingId}
      </PlainLink>
    </Text>
  );
}
