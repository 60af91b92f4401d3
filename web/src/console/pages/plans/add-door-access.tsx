import { Button, Stack } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Of } from '../../../api/client';
import type { Door } from '../../../api/doors';
import { usePost } from '../../../api/repeatable';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { DoorSelect } from '../../door-select';
import { EffectPreview } from './effect-preview';
import type { Plan } from './plan';

const t = texts.plans.add;

interface Props {
  plan: Plan;
  onClose: () => void;
  /** Told which job has the memberships follow. */
  onJob: (id: string) => void;
}

/** Adds a door to a plan, after showing who would get it. */
export function AddDoorAccess({ opened, ...props }: Props & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title={t.title}>
      <AddForm {...props} />
    </Dialog>
  );
}

function AddForm({ plan, onClose, onJob }: Props) {
  const queries = useQueryClient();
  const [door, setDoor] = useState<Door | null>(null);
  const [wasSent, setWasSent] = useState(false);
  const path = { id: plan.id };
  const dryRun = useQuery({
    queryKey: ['plan', plan.id, 'add', door?.id],
    queryFn: async () =>
      (await answer(
        api.POST('/v1/plans/{id}/door-access', {
          params: { path, query: { dryRun: 'true' } },
          body: { doorMappingId: door?.id ?? '' },
        }),
      )) as Of<'AccessEffect'>,
    enabled: door !== null,
    // What was true a while ago must not be what somebody agrees to.
    staleTime: 0,
    gcTime: 0,
  });
  const add = usePost(
    async (doorMappingId: string, header) =>
      (await answer(
        api.POST('/v1/plans/{id}/door-access', {
          params: { path, header },
          body: { doorMappingId },
        }),
      )) as Of<'Job'>,
    {
      onSuccess: async (job) => {
        notifications.show({ color: 'green', message: t.done });
        onClose();
        onJob(job.id);
        await queries.invalidateQueries({ queryKey: ['plan', plan.id] });
        await queries.invalidateQueries({ queryKey: ['plans'] });
      },
    },
  );
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setWasSent(true);
        if (door !== null) add.mutate(door.id);
      }}
    >
      <Stack>
        <ProblemAlert error={add.error} />
        <DoorSelect
          label={t.door}
          required
          onlyActive
          data-autofocus
          value={door?.id ?? null}
          error={wasSent && door === null ? t.doorMissing : null}
          unfit={({ id, locationId }) =>
            locationId === null ? t.noLocation : plan.doorMappingIds.includes(id) ? t.listed : null
          }
          onPick={setDoor}
        />
        {door && <EffectPreview dryRun={dryRun} zone={door.zone} />}
        <DialogButtons onCancel={onClose} isBusy={add.isPending}>
          <Button
            type="submit"
            loading={add.isPending}
            disabled={door !== null && (!dryRun.isSuccess || dryRun.isFetching)}
          >
            {texts.common.save}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}
