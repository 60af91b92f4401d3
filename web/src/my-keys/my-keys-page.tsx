import { Alert, Button, Container, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconInfoCircle, IconWifiOff } from '@tabler/icons-react';
import { useCallback } from 'react';
import { texts } from '../texts';
import { KeysList, WaitingKeys } from './keys-list';
import { LiveRegion } from './live-region';
import classes from './my-keys.module.css';
import { Notice } from './notice';
import { PortalButton } from './portal-button';
import { Unreachable } from './unreachable';
import { useMyKeys } from './use-my-keys';
import { useIsSlow } from './use-now';
import { useSession, type OutBecause } from './use-session';
import { showClock } from './when';

const t = texts.myKeys;
const SLOW_MS = 5_000;

/** What a member sees: their doors, with Unlock for each. */
export function MyKeysPage() {
  const { state, end, leave } = useSession();
  return (
    <LiveRegion>
      <Container component="main" size={560} px="md" className={classes.page}>
        <Group justify="space-between" mb="md" wrap="nowrap">
          <Group gap="xs" wrap="nowrap">
            <img src="/icon.svg" alt="" width={32} height={32} />
            <Title order={1} size="h2">
              {t.title}
            </Title>
          </Group>
          {state.is === 'in' && (
            <Button variant="subtle" size="compact-md" onClick={leave}>
              {t.signOut}
            </Button>
          )}
        </Group>
        {state.is === 'entering' && <Entering isTroubled={state.isTroubled} />}
        {state.is === 'in' && <Keys end={end} />}
        {state.is === 'leaving' && (
          <Notice {...(state.isTroubled ? t.out.notYet : t.out.leaving)} />
        )}
        {state.is === 'out' && (
          <Notice {...t.out[state.because]}>
            <PortalButton />
          </Notice>
        )}
      </Container>
    </LiveRegion>
  );
}

function Entering({ isTroubled }: { isTroubled: boolean }) {
  const isSlow = useIsSlow(true, SLOW_MS);
  return (
    <Stack>
      <Tip />
      {isTroubled ? <Unreachable /> : <WaitingKeys isSlow={isSlow} />}
    </Stack>
  );
}

function Keys({ end }: { end: (because: OutBecause) => void }) {
  const onSessionOver = useCallback(
    (hadKeys: boolean) => {
      end(hadKeys ? 'ended' : 'none');
    },
    [end],
  );
  const { keys, isTroubled, asOf, retry } = useMyKeys(onSessionOver);
  const isSlow = useIsSlow(keys === undefined, SLOW_MS);
  return (
    <Stack>
      <Tip />
      {keys?.member.name && (
        <Text size="sm" fw={600}>
          {t.of(keys.member.name)}
        </Text>
      )}
      {keys && <KeysList keys={keys} />}
      {asOf !== null && (
        <Paper shadow="md" className={classes.asOf}>
          <Alert color="yellow" variant="light" role="status" icon={<IconWifiOff aria-hidden />}>
            <Text size="sm">{t.asOf(showClock(asOf))}</Text>
          </Alert>
        </Paper>
      )}
      {!keys && (isTroubled ? <Unreachable onRetry={retry} /> : <WaitingKeys isSlow={isSlow} />)}
    </Stack>
  );
}

function Tip() {
  return (
    <Group gap="xs" wrap="nowrap" className={classes.tip}>
      <IconInfoCircle size={20} aria-hidden />
      <Text size="sm">{t.tip}</Text>
    </Group>
  );
}
