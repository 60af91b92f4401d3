import { Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useJob } from '../../../api/jobs';
import { JobFailed } from '../../../shared/job-failed';
import { JobProgress } from '../../../shared/job-progress';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useHealth, type Integration } from '../../../api/integrations';
import { FaultAlert } from './health-summary';
import { isRemoving } from './removing';

const t = texts.integrations.removal;

/** What another key mends. */
const KEY_FAULTS: readonly string[] = ['kisi_key_refused', 'kisi_rights_missing'];

/** How far a removal has come and what holds it up, or that it is done. */
export function RemovalState({ integration }: { integration: Integration }) {
  const { removal } = integration;
  if (isRemoving(integration)) return <Removing integration={integration} />;
  return <Text size="sm">{removal?.mode === 'leave' ? t.doneLeft : t.done}</Text>;
}

function Removing({ integration: { id, removal } }: { integration: Integration }) {
  const { data: job, error } = useJob(removal?.jobId ?? null);
  const { data: health } = useHealth(id);
  const queries = useQueryClient();
  const isOver = job !== undefined && job.state !== 'running';
  useEffect(() => {
    if (isOver) void queries.invalidateQueries({ queryKey: ['integrations'] });
  }, [isOver, queries]);
  return (
    <Stack gap="xs">
      {job?.state === 'running' && (
        // The fault below says what it waits for, and what to do.
        <JobProgress job={health?.fault ? { ...job, message: null } : job} label={t.running} />
      )}
      {job?.state === 'failed' && <JobFailed job={job} say={t.failed} />}
      {job?.state === 'done' && <Text size="sm">{texts.common.loading}</Text>}
      {job === undefined &&
        (error ? <ProblemAlert error={error} /> : <Text size="sm">{texts.common.loading}</Text>)}
      {health && <FaultAlert health={health} />}
      {health?.fault && KEY_FAULTS.includes(health.fault.type) && (
        <Text size="sm">{t.replaceKey}</Text>
      )}
    </Stack>
  );
}
