import { Alert, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useJob } from '../../../api/jobs';
import { JobProgress } from '../../../shared/job-progress';
import { texts } from '../../../texts';
import type { Integration } from '../../../api/integrations';

const t = texts.integrations.removal;

/** How far a removal has come, or that it is done. */
export function RemovalState({ integration: { removal } }: { integration: Integration }) {
  const { data: job } = useJob(removal?.jobId ?? null);
  const queries = useQueryClient();
  const isOver = job !== undefined && job.state !== 'running';
  useEffect(() => {
    if (isOver) void queries.invalidateQueries({ queryKey: ['integrations'] });
  }, [isOver, queries]);
  if (job?.state === 'running') return <JobProgress job={job} label={t.running} />;
  if (job?.state === 'failed') {
    return (
      <Alert color="red" title={t.failed}>
        {job.message}
      </Alert>
    );
  }
  return <Text size="sm">{removal?.mode === 'leave' ? t.doneLeft : t.done}</Text>;
}
