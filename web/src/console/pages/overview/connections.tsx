import { Group, Paper, SimpleGrid, Stack, Text } from '@mantine/core';
import { ReadableBadge } from '../../../shared/badges';
import { PlainLink } from '../../../shared/named';
import { ProblemText } from '../../../shared/problem-text';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import type { Overview } from './queries';
import { Section } from './section';

const t = texts.overview.connections;
const STATE_COLORS = { ok: 'green', fault: 'red', stopped: 'red', removed: 'gray' } as const;

/** How each connection to Kisi is doing. */
export function Connections({ integrations }: Pick<Overview, 'integrations'>) {
  return (
    <Section title={t.title}>
      {integrations.length === 0 && <Text size="sm">{t.none}</Text>}
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {integrations.map((integration) => (
          <Connection key={integration.id} integration={integration} />
        ))}
      </SimpleGrid>
      <PlainLink to="/settings/integrations">{t.open}</PlainLink>
    </Section>
  );
}

function Connection({
  integration: { name, state, since, fault, foreignRows },
}: {
  integration: Overview['integrations'][number];
}) {
  return (
    <Paper withBorder p="sm">
      <Stack gap={4}>
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text fw={600}>{name}</Text>
          <ReadableBadge color={STATE_COLORS[state]} dot>
            {t.state[state]}
          </ReadableBadge>
        </Group>
        {since !== null && <Text size="xs">{t.since(showInstant(since, browserZone))}</Text>}
        {fault && <ProblemText problem={fault} />}
        {foreignRows > 0 && <Text size="sm">{t.foreignRows(foreignRows)}</Text>}
      </Stack>
    </Paper>
  );
}
