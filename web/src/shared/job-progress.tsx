import { Group, Loader, Progress, Stack, Text } from '@mantine/core';
import type { Job } from '../api/jobs';
import { texts } from '../texts';

/** How far a job that runs has come, and what it waits for. */
export function JobProgress({ job, label }: { job: Job; label: string }) {
  const { done, total, message } = job;
  return (
    <Stack gap={4} role="status">
      <Group gap="xs" wrap="nowrap">
        <Loader size="xs" aria-hidden />
        <Text size="sm">{label}</Text>
        <Text size="sm" ml="auto">
          {total === null ? '' : texts.common.doneOf(done, total)}
        </Text>
      </Group>
      <Progress
        value={total === null ? FULL : total === 0 ? 0 : (done / total) * FULL}
        animated={total === null}
        aria-label={label}
      />
      {message !== null && <Text size="sm">{message}</Text>}
    </Stack>
  );
}

const FULL = 100;
