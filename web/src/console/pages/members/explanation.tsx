import { Alert, Group, List, Paper, Skeleton, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconAlertCircle, IconCheck, IconHelp, IconX, type Icon } from '@tabler/icons-react';
import type { Of } from '../../../api/client';
import { texts } from '../../../texts';
import { ExplainFix } from './explain-fix';
import type { DialogFix } from './fix';

const t = texts.members.explain;

type Explained = Of<'Explanation'>;
type Reason = Of<'ExplainReason'>;

const VERDICTS: Readonly<Record<Explained['open'], { color: string; icon: Icon }>> = {
  yes: { color: 'green', icon: IconCheck },
  no: { color: 'red', icon: IconX },
  unknown: { color: 'yellow', icon: IconHelp },
};

/** The verdict, and all that was looked at, the cause first. */
export function Explanation({
  explained: { open, basis, summary, reasons },
  onAsk,
}: {
  explained: Explained;
  /** Told of a fix that a dialog asks about first. */
  onAsk: (fix: DialogFix) => void;
}) {
  const { color, icon: VerdictIcon } = VERDICTS[open];
  const words = basis === 'recorded' ? t.recorded : t.verdict;
  return (
    <Stack gap="lg">
      <Alert color={color} variant="light" role="status" p="lg">
        <Group wrap="nowrap" align="flex-start">
          <ThemeIcon color={color} variant="filled" size={48} radius="xl" aria-hidden>
            <VerdictIcon size={30} />
          </ThemeIcon>
          <Stack gap={4}>
            <Title order={2} size="h3">
              {words[open]}
            </Title>
            <Text>{summary}</Text>
            <Text size="sm">{t.basis[basis]}</Text>
          </Stack>
        </Group>
      </Alert>
      <Stack gap="sm">
        <Title order={3} size="h4">
          {t.reasons}
        </Title>
        <List listStyleType="none" spacing="sm" styles={{ itemWrapper: { display: 'block' } }}>
          {reasons.map((reason, index) => (
            // Two sources may give the same reason in the same words.
            <List.Item key={`${String(index)} ${reason.code}`}>
              <ReasonCard reason={reason} onAsk={onAsk} />
            </List.Item>
          ))}
        </List>
      </Stack>
    </Stack>
  );
}

/** About the room that an explanation takes. */
export function WaitingExplanation() {
  return (
    <Stack role="status" aria-label={t.wait}>
      <Text>{t.wait}</Text>
      <Skeleton height={110} />
      <Skeleton height={90} />
      <Skeleton height={56} />
      <Skeleton height={56} />
    </Stack>
  );
}

const STATES = {
  true: { color: 'green', icon: IconCheck },
  false: { color: 'red', icon: IconX },
  null: { color: 'gray', icon: IconAlertCircle },
} as const;

function ReasonCard({
  reason: { ok, text, nextStep },
  onAsk,
}: {
  reason: Reason;
  onAsk: (fix: DialogFix) => void;
}) {
  const state = ok === null ? 'null' : ok ? 'true' : 'false';
  const { color, icon: StateIcon } = STATES[state];
  return (
    <Paper withBorder p="md">
      <Group wrap="nowrap" align="flex-start" gap="sm">
        <ThemeIcon color={color} variant="light" radius="xl" size="sm" mt={2}>
          <StateIcon size={14} aria-label={t.ok[state]} role="img" />
        </ThemeIcon>
        <Stack gap={6} align="flex-start" flex={1}>
          <Text fw={ok === false ? 600 : undefined}>{text}</Text>
          {nextStep && (
            <>
              <Text size="sm">
                <b>{t.next}</b> {nextStep.text}
                {nextStep.where !== null && ` ${t.where(nextStep.where)}`}
              </Text>
              <ExplainFix step={nextStep} onAsk={onAsk} />
            </>
          )}
        </Stack>
      </Group>
    </Paper>
  );
}
