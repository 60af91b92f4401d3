import { Group, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { showDuration } from '../../../shared/duration';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { LatencyPlot, type HourOfLatency } from './latency-plot';
import classes from './latency-plot.module.css';
import type { Overview } from './queries';
import { Section } from './section';

type Latencies = Overview['latency'];
type Measured = Latencies['grant'];

const t = texts.overview.latency;
const KINDS = ['grant', 'revoke', 'end'] as const;
const HOUR_MS = 3_600_000;

const showHour = new Intl.DateTimeFormat(texts.locale, { hour: '2-digit', minute: '2-digit' });

/** How long changes took to reach Kisi over the last day: figures, plots, and the same as tables. */
export function Latency({ latency }: { latency: Latencies }) {
  const { windowHours, from, ahead } = latency;
  return (
    <Section title={t.title} text={t.text(windowHours)}>
      {isShortened(latency) && <Text size="sm">{t.shortened(showInstant(from, browserZone))}</Text>}
      <SimpleGrid cols={{ base: 1, md: 3 }} spacing="xl">
        {KINDS.map((kind) => (
          <Plotted key={kind} words={t.kinds[kind]} measured={latency[kind]} />
        ))}
      </SimpleGrid>
      <Group gap="lg">
        <Text size="sm">
          <span className={classes.legend} aria-hidden />
          {t.legend.median}
        </Text>
        <Text size="sm">
          <span className={classes.legendP95} aria-hidden />
          {t.legend.p95}
        </Text>
        <Text size="sm">{t.scale}</Text>
      </Group>
      <Text size="sm">{t.ahead(ahead.count)}</Text>
    </Section>
  );
}

/** Whether the figures begin later than the window that is meant. */
function isShortened({ from, windowHours, grant }: Latencies): boolean {
  const last = grant.buckets.at(-1);
  return (
    last !== undefined && Date.parse(last.from) - Date.parse(from) < (windowHours - 1) * HOUR_MS
  );
}

function Plotted({
  words,
  measured: { count, p50Ms, p95Ms, buckets },
}: {
  words: { readonly title: string; readonly text: string };
  measured: Measured;
}) {
  const hours = buckets.map((bucket): HourOfLatency => ({
    hour: showHour.format(new Date(bucket.from)),
    ...bucket,
  }));
  const median = showFigure(p50Ms);
  const p95 = showFigure(p95Ms);
  return (
    <Stack gap="xs" maw={520}>
      <div>
        <Title order={3} size="h5">
          {words.title}
        </Title>
        <Text size="sm" c="dimmed">
          {words.text}
        </Text>
      </div>
      <Group gap="lg">
        <Figure name={t.median} value={median} />
        <Figure name={t.p95} value={p95} />
      </Group>
      <Text size="sm">{count === 0 ? t.none : t.count(count)}</Text>
      <LatencyPlot label={t.plotLabel(words.title, count, median, p95)} hours={hours} />
      <details>
        <summary className={classes.summary}>{t.table}</summary>
        <HourTable label={words.title} hours={hours} />
      </details>
    </Stack>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text fw={700} size="lg">
        {value}
      </Text>
    </div>
  );
}

function HourTable({ label, hours }: { label: string; hours: readonly HourOfLatency[] }) {
  return (
    <Table aria-label={label} fz="xs">
      <Table.Thead>
        <Table.Tr>
          {[t.columns.hour, t.columns.count, t.median, t.p95].map((title) => (
            <Table.Th key={title} scope="col">
              {title}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {hours.map(({ from, hour, count, p50Ms, p95Ms }) => (
          <Table.Tr key={from}>
            <Table.Td>{hour}</Table.Td>
            <Table.Td>{count}</Table.Td>
            <Table.Td>{showFigure(p50Ms)}</Table.Td>
            <Table.Td>{showFigure(p95Ms)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function showFigure(ms: number | null): string {
  return ms === null ? '–' : showDuration(ms);
}
