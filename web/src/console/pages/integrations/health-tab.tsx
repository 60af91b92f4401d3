import { Button, Group, List, Skeleton, Stack, Text } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { useHealth, type Health, type Integration } from '../../../api/integrations';
import { PlainLink } from '../../../shared/named';
import { ProblemAlert } from '../../../shared/problem-alert';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { BlockedDoors } from './blocked-doors';
import { EmergencyStop } from './emergency-stop';
import { Part } from './health-part';
import { KisiEvents } from './kisi-events';
import { FaultAlert } from './health-summary';
import { Reconciliation } from './reconciliation';
import { useTestConnection } from './settings';
import { TestResult } from './test-result';

const t = texts.integrations.page;
const CONTENT_HEIGHT = 300;

/** All that is known of how a connection is doing, and what can be done about it. */
export function HealthTab({ integration }: { integration: Integration }) {
  const { data: health, error } = useHealth(integration.id);
  const test = useTestConnection(integration.id);
  if (!health) {
    return error ? <ProblemAlert error={error} /> : <Skeleton height={CONTENT_HEIGHT} />;
  }
  return (
    <Stack maw={860} gap="md">
      <FaultAlert health={health} />
      {integration.active && (
        <Button
          variant="default"
          leftSection={<IconPlugConnected size={16} aria-hidden />}
          loading={test.isPending}
          style={{ alignSelf: 'flex-start' }}
          onClick={() => {
            test.mutate('');
          }}
        >
          {t.test}
        </Button>
      )}
      {test.data && <TestResult test={test.data} integration={integration} />}
      <ProblemAlert error={test.error} />
      <Part title={t.waiting}>
        <Waiting counts={health.waitingGrants} />
      </Part>
      {health.rights && health.rights.missing.length > 0 && (
        <Part title={t.rights}>
          <List size="sm">
            {health.rights.missing.map(({ right, remedy }) => (
              <List.Item key={right}>
                <code>{right}</code>: {remedy}
              </List.Item>
            ))}
          </List>
        </Part>
      )}
      <BlockedDoors doors={health.doorsThatWillNotUnlock.sample} />
      <EmergencyStop integration={integration} />
      {integration.active && <KisiEvents integrationId={integration.id} />}
      <Reconciliation integrationId={integration.id} run={health.lastReconciliation} />
      <Part title={t.figures}>
        <Figures health={health} />
      </Part>
    </Stack>
  );
}

function Waiting({ counts }: { counts: Health['waitingGrants'] }) {
  const names = (['attention', 'pending', 'queued', 'removing'] as const).filter(
    (name) => counts[name] > 0,
  );
  if (names.length === 0) return <Text size="sm">{t.waitingNone}</Text>;
  return (
    <List size="sm">
      {names.map((name) => (
        <List.Item key={name}>
          <Group gap="xs">
            {t.waitingCounts[name](counts[name])}
            <PlainLink to={`/grants?provisioning=${name}`}>
              {texts.integrations.summary.lookAtAll}
            </PlainLink>
          </Group>
        </List.Item>
      ))}
    </List>
  );
}

function Figures({ health: { requests, lastSuccessAt, lastFault } }: { health: Health }) {
  const { lastMinute, lastHour, lastDay, limitPerSecond } = requests;
  return (
    <>
      <Text size="sm">{t.requests(lastMinute, lastHour, lastDay, limitPerSecond)}</Text>
      {lastSuccessAt !== null && (
        <Text size="sm">{t.lastSuccess(showInstant(lastSuccessAt, browserZone))}</Text>
      )}
      {lastFault && (
        <Text size="sm">
          {t.lastFault(
            lastFault.detail,
            showInstant(lastFault.since, browserZone),
            showInstant(lastFault.healedAt, browserZone),
          )}
        </Text>
      )}
    </>
  );
}
