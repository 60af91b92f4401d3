import { Button, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';
import { useDoors } from '../../../api/doors';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { browserZone } from '../../../shared/time';
import { texts } from '../../../texts';
import { EffectPreview } from './effect-preview';

const t = texts.plans.remove;

interface Props {
  planId: string;
  door: Of<'DoorAccess'>;
  onClose: () => void;
  /** Told which job has the memberships follow. */
  onJob: (id: string) => void;
}

/** Takes a door from a plan, after showing who would lose it. */
export function RemoveDoorAccess({ opened, ...props }: Props & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title={t.title(props.door.name)}>
      <RemoveForm {...props} />
    </Dialog>
  );
}

function RemoveForm({ planId, door: { doorMappingId }, onClose, onJob }: Props) {
  const queries = useQueryClient();
  const { doorOf, error: doorError } = useDoors([doorMappingId]);
  const path = { id: planId, doorMappingId };
  const send = (dryRun: 'true' | 'false') =>
    answer(
      api.DELETE('/v1/plans/{id}/door-access/{doorMappingId}', {
        params: { path, query: { dryRun } },
      }),
    );
  const dryRun = useQuery({
    queryKey: ['plan', planId, 'remove', doorMappingId],
    queryFn: async () => (await send('true')) as Of<'AccessEffect'>,
    // What was true a while ago must not be what somebody agrees to.
    staleTime: 0,
    gcTime: 0,
  });
  const remove = useMutation({
    mutationFn: async () => (await send('false')) as Of<'Job'>,
    onSuccess: async (job) => {
      notifications.show({ color: 'green', message: t.done });
      onClose();
      onJob(job.id);
      await queries.invalidateQueries({ queryKey: ['plan', planId] });
      await queries.invalidateQueries({ queryKey: ['plans'] });
    },
  });
  return (
    <Stack>
      <ProblemAlert error={remove.error ?? doorError} />
      <EffectPreview dryRun={dryRun} zone={doorOf(doorMappingId)?.zone ?? browserZone} />
      <DialogButtons onCancel={onClose} isBusy={remove.isPending}>
        <Button
          color="red"
          loading={remove.isPending}
          disabled={!dryRun.isSuccess || dryRun.isFetching}
          onClick={() => {
            remove.mutate();
          }}
        >
          {t.submit}
        </Button>
      </DialogButtons>
    </Stack>
  );
}
