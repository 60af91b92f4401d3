import { Alert, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconHourglass } from '@tabler/icons-react';
import { useEffect, useId, type ReactNode } from 'react';
import { texts } from '../texts';
import { DoorCard } from './door-card';
import { useSay } from './live-region';
import type { MyKeys } from './member-api';
import classes from './my-keys.module.css';
import { Notice } from './notice';
import { UpcomingCard } from './upcoming-card';
import { useNow } from './use-now';

const t = texts.myKeys;
const TICK_MS = 1_000;
const WAITING_DOORS = 3;

/** All doors of the member: those that open now, and apart those that open later. */
export function KeysList({ keys }: { keys: MyKeys }) {
  const now = useNow(TICK_MS);
  const { member, hold, data, upcoming, unreadGroups } = keys;
  const say = useSay();
  // What was said to one member is not read by the next.
  useEffect(() => {
    say('');
  }, [member.id, say]);
  const placed = [...data, ...upcoming].map(({ location }) => location?.id);
  const namesPlace = new Set(placed).size > 1;
  if (hold) return <Hold reason={hold.reason} />;
  const isEmpty = data.length === 0 && upcoming.length === 0 && unreadGroups.length === 0;
  if (isEmpty) return <Notice {...t.empty.nothing} />;
  return (
    <Stack gap="lg">
      {data.length === 0 && upcoming.length > 0 && <Text>{t.empty.onlyLater}</Text>}
      {data.length > 0 && (
        <Doors title={t.now}>
          {data.map((door) => (
            <DoorCard
              // Nor is it shown.
              key={`${member.id} ${String(door.lockId)}`}
              memberId={member.id}
              door={door}
              now={now}
              namesPlace={namesPlace}
            />
          ))}
        </Doors>
      )}
      {unreadGroups.length > 0 && (
        <Text size="sm">
          {t.unread(
            unreadGroups
              .map(({ name, location }) => t.unreadGroup(name, location?.name ?? null))
              .join(', '),
          )}
        </Text>
      )}
      {upcoming.length > 0 && (
        <Doors title={t.later}>
          {upcoming.map((door) => (
            <UpcomingCard key={door.lockId} door={door} now={now} namesPlace={namesPlace} />
          ))}
        </Doors>
      )}
    </Stack>
  );
}

function Doors({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <Title order={2} size="h5" mb="xs" id={id}>
        {title}
      </Title>
      <Stack component="ul" gap="sm" className={classes.list} aria-labelledby={id}>
        {children}
      </Stack>
    </section>
  );
}

function Hold({ reason }: { reason: string }) {
  return (
    <Alert
      color="yellow"
      variant="light"
      title={t.hold.title}
      icon={<IconHourglass aria-hidden />}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Text size="sm">{t.hold.text(reason)}</Text>
      <Text size="sm">{t.hold.remedy}</Text>
    </Alert>
  );
}

/** Takes about the room that the doors will. */
export function WaitingKeys({ isSlow }: { isSlow: boolean }) {
  return (
    <Stack gap="sm" aria-busy aria-label={t.loading} role="group">
      <Skeleton height={20} width={120} />
      {Array.from({ length: WAITING_DOORS }, (_, row) => (
        <Skeleton key={row} height={100} />
      ))}
      <Text size="sm" mih={40}>
        {isSlow ? t.slow : ''}
      </Text>
    </Stack>
  );
}
