import { Alert, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useEffect } from 'react';
import { browserZone } from '../shared/time';
import { texts } from '../texts';
import { useSay } from './live-region';
import type { MyKeys } from './member-api';
import classes from './my-keys.module.css';
import { TapMessage, tapWords } from './tap-message';
import { UnlockButton } from './unlock-button';
import { useIsSlow } from './use-now';
import { useUnlock } from './use-unlock';
import { showReasons } from './when';

const t = texts.myKeys;
const SLOW_MS = 5_000;

type Key = MyKeys['data'][number];

/** A door that opens now: its name, why and until when, Unlock, and what became of the last tap. */
export function DoorCard({
  memberId,
  door,
  now,
  namesPlace,
}: {
  memberId: string;
  door: Key;
  now: number;
  /** The member has doors in several locations. */
  namesPlace: boolean;
}) {
  const { name, lockId, location, state: keyState, attention } = door;
  const { state, tap } = useUnlock(memberId, lockId);
  const isSlow = useIsSlow(state.is === 'opening', SLOW_MS);
  const said = tapWords(state, isSlow);
  useTell(
    name,
    state.is === 'opening' && !isSlow
      ? t.tap.opening
      : said && [said.title, ...said.lines].join('. '),
  );
  const shown = showReasons(door, location?.timeZone ?? browserZone, now);
  return (
    <Paper component="li" withBorder p="md">
      <Group justify="space-between" wrap="nowrap" gap="sm" align="center">
        <Stack gap={2} miw={0}>
          <Title order={3} size="h4" className={classes.name}>
            {name}
          </Title>
          {shown.until !== null && <Text size="sm">{shown.until}</Text>}
          <Text size="sm" c={shown.until === null ? undefined : 'dimmed'}>
            {shown.reasons}
          </Text>
          {namesPlace && location && (
            <Text size="sm" c="dimmed">
              {location.name}
            </Text>
          )}
        </Stack>
        {keyState === 'being_set_up' ? (
          <Group gap={6} wrap="nowrap" className={classes.settingUp}>
            <Loader size={16} aria-hidden />
            <Text size="sm">{t.door.beingSetUp}</Text>
          </Group>
        ) : (
          <UnlockButton door={name} state={state.is} onTap={tap} />
        )}
      </Group>
      {keyState === 'being_set_up' && (
        <Text size="sm" c="dimmed" mt="xs">
          {t.door.beingSetUpText}
        </Text>
      )}
      {attention && said === null && (
        <Alert
          mt="sm"
          color="yellow"
          variant="light"
          role="presentation"
          title={t.door.attention}
          icon={<IconAlertTriangle aria-hidden />}
          styles={{ title: { color: 'var(--mantine-color-text)' } }}
        >
          <Text size="sm">{attention.detail}</Text>
          <Text size="sm">{attention.remedy}</Text>
        </Alert>
      )}
      {said && (
        <div className={classes.message}>
          <TapMessage said={said} />
        </div>
      )}
    </Paper>
  );
}

/** Reads out what has become of a door, each time that it changes. */
function useTell(door: string, words: string | null): void {
  const say = useSay();
  useEffect(() => {
    if (words !== null) say(t.tap.said(door, words));
  }, [door, words, say]);
}
