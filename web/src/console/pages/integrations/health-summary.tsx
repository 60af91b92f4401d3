import { Alert, Anchor, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconHandStop } from '@tabler/icons-react';
import { Link } from 'react-router';
import { isLimited } from '../../../api/client';
import { ProblemAlert } from '../../../shared/problem-alert';
import { RemedyText, remedyOf } from '../../../shared/problem-text';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { useHealth, type Health, type Integration } from '../../../api/integrations';
import { stopWords } from './stop-words';

const t = texts.integrations.summary;

/** What of a connection needs a person, each with where to look; a line when nothing does. */
export function HealthSummary({
  integration: { id, emergencyStop },
}: {
  integration: Integration;
}) {
  const { data: health, error } = useHealth(id);
  if (isLimited(error)) {
    return (
      <>
        <FaultAlert health={{ emergencyStop, fault: null }} />
        <Text size="sm">{t.limited}</Text>
      </>
    );
  }
  if (health === undefined) {
    return error ? <ProblemAlert error={error} /> : <Text size="sm">{texts.common.loading}</Text>;
  }
  const notes = notesOf(health);
  if (notes.length === 0 && health.emergencyStop === null && health.fault === null) return null;
  return (
    <Stack gap="xs">
      <FaultAlert health={health} />
      {notes.length > 0 && (
        <List size="sm">
          {notes.map(({ text, tab }) => (
            <List.Item key={text}>
              <Group gap="xs">
                {text}
                <Anchor
                  component={Link}
                  to={`/settings/integrations/${id}${tab}`}
                  size="sm"
                  underline="always"
                >
                  {t.look}
                </Anchor>
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}

/** An emergency stop, or the trouble that goes on, with its remedy. */
export function FaultAlert({
  health: { emergencyStop, fault },
}: {
  health: Pick<Health, 'emergencyStop' | 'fault'>;
}) {
  return (
    <>
      {emergencyStop && (
        <Alert color="orange" icon={<IconHandStop />} title={t.stopped}>
          {stopWords(emergencyStop)}
        </Alert>
      )}
      {fault && (
        <Alert color="red" icon={<IconAlertTriangle />} title={fault.detail}>
          <RemedyText>{remedyOf(fault)}</RemedyText>
          <Text size="sm">
            {t.faultTimes(
              showInstant(fault.since, browserZone),
              showInstant(fault.nextProbeAt, browserZone),
            )}
          </Text>
        </Alert>
      )}
    </>
  );
}

interface Note {
  text: string;
  /** The end of the address at which one can look. */
  tab: string;
}

function notesOf({
  rights,
  waitingGrants: { attention },
  doorsThatWillNotUnlock: { count: blocked },
  lastReconciliation: run,
}: Health): Note[] {
  const lacking = rights?.missing.length ?? 0;
  return [
    ...when(lacking > 0, { text: t.rights(lacking), tab: '' }),
    ...when(attention > 0, { text: t.attention(attention), tab: '' }),
    ...when(blocked > 0, { text: t.blocked(blocked), tab: '' }),
    ...when(run?.refused === true, { text: t.refused, tab: '' }),
    ...when((run?.foreignRows ?? 0) > 0, {
      text: t.foreign(run?.foreignRows ?? 0),
      tab: '/foreign-rows',
    }),
  ];
}

function when(condition: boolean, note: Note): Note[] {
  return condition ? [note] : [];
}
