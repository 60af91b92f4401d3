import { Alert, Stack, Text } from '@mantine/core';
import { IconBellRinging } from '@tabler/icons-react';
import { PlainLink } from '../../../shared/named';
import { ProblemAlert } from '../../../shared/problem-alert';
import { RemedyText } from '../../../shared/problem-text';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import type { Alert as OpenAlert } from './queries';
import { Section } from './section';

const t = texts.overview.alerts;

/** Alerts that are open, with the next step of each. */
export function OpenAlerts({
  alerts,
  hasMore,
  error,
}: {
  alerts: readonly OpenAlert[];
  hasMore: boolean;
  error: unknown;
}) {
  return (
    <Section title={t.title} count={alerts.length}>
      <ProblemAlert error={error} />
      {alerts.length === 0 && !error && <Text size="sm">{t.none}</Text>}
      {alerts.map((alert) => (
        <Alert key={alert.id} color="red" icon={<IconBellRinging aria-hidden />}>
          <Stack gap={4} align="flex-start">
            <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {alert.what}
            </Text>
            <RemedyText>{t.nextStep[alert.kind]}</RemedyText>
            <Text size="xs">{t.since(showInstant(alert.since, browserZone))}</Text>
            {alert.clearSince !== null && <Text size="xs">{t.clearing}</Text>}
            <WayThere alert={alert} />
          </Stack>
        </Alert>
      ))}
      {hasMore && <Text size="sm">{t.more}</Text>}
    </Section>
  );
}

function WayThere({ alert }: { alert: OpenAlert }) {
  const connection = `/settings/integrations/${alert.integrationId ?? ''}`;
  if (alert.kind === 'kisi_down') {
    return <PlainLink to={`${connection}/outage`}>{t.toOutage}</PlainLink>;
  }
  if (alert.kind !== 'start_at_risk') return <PlainLink to={connection}>{t.toHealth}</PlainLink>;
  if (alert.grantId === null) return null;
  return <PlainLink to={`/grants/${alert.grantId}`}>{t.toGrant}</PlainLink>;
}
