import { Alert, Text } from '@mantine/core';
import { IconExclamationCircle } from '@tabler/icons-react';
import type { Job } from '../api/jobs';
import { texts } from '../texts';
import { RemedyText } from './problem-text';

/** That a job has failed, why, and what to do. */
export function JobFailed({
  job: { kind, message },
  say,
}: {
  job: Pick<Job, 'kind' | 'message'>;
  /** What has not come about, and why. */
  say: (message: string) => string;
}) {
  return (
    <Alert role="alert" color="red" icon={<IconExclamationCircle />}>
      <Text size="sm">{say(message ?? texts.common.unknown)}</Text>
      <RemedyText>{texts.jobs.remedy[kind]}</RemedyText>
    </Alert>
  );
}
