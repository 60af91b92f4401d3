import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconCheck, IconExclamationCircle } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Of } from '../../../api/client';
import { useJob } from '../../../api/jobs';
import { Dialog } from '../../../shared/dialog';
import { JobFailed } from '../../../shared/job-failed';
import { JobProgress } from '../../../shared/job-progress';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { nameOf, type Member } from './member';

const t = texts.members.hold;

/** What is done to a hold. */
export type HoldChange = 'put' | 'release';

interface Props {
  member: Member;
  change: HoldChange;
  onClose: () => void;
}

/** Says what a hold or its release does, does it, and shows how far the doors have followed. */
export function HoldDialog({ opened, ...props }: Props & { opened: boolean }) {
  const title = props.change === 'put' ? t.putTitle : t.releaseTitle;
  return (
    <Dialog opened={opened} onClose={props.onClose} title={title(nameOf(props.member))}>
      <HoldForm {...props} />
    </Dialog>
  );
}

function HoldForm({ member, change, onClose }: Props) {
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const path = { id: member.id };
  const send = useMutation({
    mutationFn: () =>
      answer(
        change === 'put'
          ? api.PUT('/v1/members/{id}/hold', { params: { path }, body: { reason: reason.trim() } })
          : api.DELETE('/v1/members/{id}/hold', { params: { path } }),
      ),
    onSuccess: () => {
      for (const queryKey of [['member', member.id], ['members'], ['grants'], ['explain']]) {
        void queries.invalidateQueries({ queryKey });
      }
    },
  });
  if (send.data) return <Outcome change={change} answered={send.data} onClose={onClose} />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send.mutate();
      }}
    >
      <Stack>
        <Text>{change === 'put' ? t.does : t.releases}</Text>
        <ProblemAlert error={send.error} />
        {change === 'put' && (
          <TextInput
            label={t.reasonLabel}
            description={t.reasonHelp}
            required
            maxLength={500}
            data-autofocus
            value={reason}
            onChange={({ currentTarget }) => {
              setReason(currentTarget.value);
            }}
          />
        )}
        <DialogButtons onCancel={onClose} isBusy={send.isPending}>
          <Button
            type="submit"
            color={change === 'put' ? 'red' : undefined}
            loading={send.isPending}
            disabled={change === 'put' && reason.trim() === ''}
          >
            {t[change]}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}

/** What was answered, and how far the doors are. */
function Outcome({
  change,
  answered,
  onClose,
}: {
  change: HoldChange;
  answered: Of<'MemberHold'>;
  onClose: () => void;
}) {
  const { data: job, error } = useJob(answered.settled ? null : answered.jobId);
  const isDone = answered.settled || job?.state === 'done';
  const isOvertaken = job?.result?.overtaken === true;
  return (
    <Stack>
      {isDone ? (
        <Alert
          role="status"
          color={isOvertaken ? 'yellow' : 'green'}
          icon={isOvertaken ? <IconExclamationCircle /> : <IconCheck />}
        >
          {isOvertaken ? t.overtaken : t.done[change]}
        </Alert>
      ) : (
        <Text>{t.stored[change]}</Text>
      )}
      <ProblemAlert error={error} />
      {job?.state === 'running' && <JobProgress job={job} label={t.working[change]} />}
      {job?.state === 'failed' && <JobFailed job={job} say={t.failed} />}
      <Group justify="flex-end">
        <Button onClick={onClose} data-autofocus>
          {texts.common.close}
        </Button>
      </Group>
    </Stack>
  );
}
