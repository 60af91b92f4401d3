import { Anchor, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { ReadableBadge, SourceBadge } from '../../../shared/badges';
import type { Column } from '../../../shared/data-list';
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

/** The columns of an access log, with times in a zone (IANA). */
export function logColumns(zone: string): Column<LogEntry>[] {
  return [
    {
      title: t.columns.time,
      cell: ({ at }) => <Text size="sm">{showInstant(at, zone)}</Text>,
    },
    {
      title: t.columns.member,
      cell: ({ memberId, memberName }) => (
        <Anchor component={Link} to={`/members/${memberId}`} size="sm">
          {memberName ?? memberId}
        </Anchor>
      ),
    },
    { title: t.columns.action, cell: ({ action }) => <Text size="sm">{t.actions[action]}</Text> },
    {
      title: t.columns.status,
      cell: ({ status }) => (
        <ReadableBadge color={COLORS[status]}>{t.statuses[status]}</ReadableBadge>
      ),
    },
    { title: t.columns.source, cell: ({ source }) => <SourceBadge source={source} /> },
    { title: t.columns.details, cell: (entry) => <Details entry={entry} zone={zone} /> },
  ];
}

function Details({ entry, zone }: { entry: LogEntry; zone: string }) {
  const { grant, by, reason, problem } = entry;
  return (
    <Stack gap={0} miw={220}>
      <Text size="sm">{showWindow(grant.startsAt, grant.endsAt, zone)}</Text>
      <Text size="sm">{t.by[by.type](by.id)}</Text>
      {reason !== null && <Text size="sm">“{reason}”</Text>}
      {problem !== null && (
        <Text size="sm" fw={600}>
          {problem.detail}
        </Text>
      )}
    </Stack>
  );
}
