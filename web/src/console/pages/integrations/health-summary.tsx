import { Alert, Anchor, Group, List, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconHandStop } from '@tabler/icons-react';
import { Link } from 'react-router';
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
  if (health === null) {
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
  const notes = notesOf(health, `/settings/integrations/${id}`);
  if (notes.length === 0 && health.emergencyStop === null && health.fault === null) return null;
  return (
    <Stack gap="xs">
      <FaultAlert health={health} />
      {notes.length > 0 && (
        <List size="sm">
          {notes.map(({ text, to, look = t.look }) => (
            <List.Item key={text}>
              <Group gap="xs">
                {text}
                <Anchor component={Link} to={to} size="sm" underline="always">
                  {look}
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
  /** Where one can look. */
  to: string;
  /** What is seen there; default: what the text says. */
  look?: string;
}

/** @param here the address of the connection's own page */
function notesOf(
  {
    rights,
    waitingGrants: { attention },
    doorsThatWillNotUnlock: { count: blocked },
    lastReconciliation: run,
  }: Health,
  here: string,
): Note[] {
  const lacking = rights?.missing.length ?? 0;
  return [
    ...when(lacking > 0, { text: t.rights(lacking), to: here }),
    ...when(attention > 0, {
      text: t.attention(attention),
      to: '/grants?provisioning=attention',
      look: t.lookAtAll,
    }),
    ...when(blocked > 0, { text: t.blocked(blocked), to: here }),
    ...when(run?.refused === true, { text: t.refused, to: here }),
    ...when((run?.foreignRows ?? 0) > 0, {
      text: t.foreign(run?.foreignRows ?? 0),
      to: `${here}/foreign-rows`,
    }),
  ];
}

function when(condition: boolean, note: Note): Note[] {
  return condition ? [note] : [];
}
