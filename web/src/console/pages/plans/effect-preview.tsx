import { Loader, Group, Stack, Text, Title } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { Of } from '../../../api/client';
import { AccessEffect } from '../../../shared/access-effect';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';

const t = texts.plans.add;

/** What a dry run says, or that it is on its way. */
export function EffectPreview({
  dryRun: { data, error },
  zone,
}: {
  dryRun: UseQueryResult<Of<'AccessEffect'>>;
  /** IANA; times are shown in it. */
  zone: string;
}) {
  return (
    <Stack gap="xs" mih={90} aria-live="polite">
      <Title order={3} size="h5">
        {t.effect}
      </Title>
      <ProblemAlert error={error} />
      {data && <AccessEffect effect={data} zone={zone} />}
      {!data && error === null && (
        <Group gap="xs">
          <Loader size="xs" aria-hidden />
          <Text size="sm">{t.reading}</Text>
        </Group>
      )}
    </Stack>
  );
}
