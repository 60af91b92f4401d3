import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';
import type { Of } from '../api/client';
import { texts } from '../texts';
import { SourceBadge } from './badges';
import { whoIs } from './named';
import { showWindow } from './time';

type Effect = Of<'AccessEffect'>;
type Share = Effect['gains'][number];

const t = texts.common.effect;
const SHOWN_AT_FIRST = 5;

/** Whether a change touches anybody, so that it is shown before it is made. */
export function touchesPeople({ gains, loses, isComplete }: Effect): boolean {
  return gains.length + loses.length > 0 || !isComplete;
}

/** What a dry run says: who would gain and who would lose a door. Times are shown in `zone` (IANA). */
export function AccessEffect({ effect, zone }: { effect: Effect; zone: string }) {
  const { gains, loses, isComplete } = effect;
  return (
    <Stack gap="sm">
      {!touchesPeople(effect) && <Text>{t.nobody}</Text>}
      {loses.length > 0 && (
        <Alert color="red" title={t.loses(people(loses))}>
          <Shares shares={loses} zone={zone} />
        </Alert>
      )}
      {gains.length > 0 && (
        <Alert color="green" title={t.gains(people(gains))}>
          <Shares shares={gains} zone={zone} />
        </Alert>
      )}
      {!isComplete && <Text size="sm">{t.incomplete}</Text>}
    </Stack>
  );
}

function people(shares: readonly Share[]): number {
  return new Set(shares.map(({ memberId }) => memberId)).size;
}

function Shares({ shares, zone }: { shares: readonly Share[]; zone: string }) {
  const [isWhole, setIsWhole] = useState(false);
  const shown = isWhole ? shares : shares.slice(0, SHOWN_AT_FIRST);
  const names = useMemberNames([...new Set(shown.map(({ memberId }) => memberId))]);
  return (
    <Stack gap="xs" align="flex-start">
      <List size="sm" spacing={4} listStyleType="none">
        {shown.map((share) => (
          <List.Item key={`${share.doorMappingId} ${share.memberId} ${share.startsAt}`}>
            <Group gap="xs">
              <Anchor
                component={Link}
                to={`/members/${share.memberId}`}
                size="sm"
                c="inherit"
                underline="always"
              >
                {names.get(share.memberId) ?? share.memberId}
              </Anchor>
              <SourceBadge source={share.source} />
            </Group>
            {t.window(share.doorName, showWindow(share.startsAt, share.endsAt, zone))}
          </List.Item>
        ))}
      </List>
      {shown.length < shares.length && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => {
            setIsWhole(true);
          }}
        >
          {t.more(shares.length - shown.length)}
        </Button>
      )}
    </Stack>
  );
}

/** Of the members who are shown; without a name the id stands for it. */
function useMemberNames(ids: readonly string[]): ReadonlyMap<string, string> {
  return useQueries({
    queries: ids.map(whoIs),
    combine: (results) =>
      new Map(
        results.flatMap(({ data }) => (data ? [[data.id, data.name ?? data.id] as const] : [])),
      ),
  });
}
