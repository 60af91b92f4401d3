import { Alert } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useJob } from '../../../api/jobs';
import { JobFailed } from '../../../shared/job-failed';
import { JobProgress } from '../../../shared/job-progress';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';

const t = texts.plans.follow;

/** How far the memberships have followed a change of the plan. */
export function FollowingJob({ id }: { id: string }) {
  const { data: job, error } = useJob(id);
  if (error !== null && job === undefined) return <ProblemAlert error={error} />;
  switch (job?.state) {
    case undefined:
      return null;
    case 'running':
      return <JobProgress job={job} label={t.label} />;
    case 'done':
      return (
        <Alert role="status" color="green" icon={<IconCheck />}>
          {t.done}
        </Alert>
      );
    case 'failed':
      return <JobFailed job={job} say={t.failed} />;
  }
}
