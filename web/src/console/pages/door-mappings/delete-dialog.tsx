import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../../api/client';
import { AccessEffect } from '../../../shared/access-effect';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useRefreshMappings, type DoorMapping } from './mappings';
import { useZone } from './use-zone';

const t = texts.doorMappings.remove;
const EFFECT_HEIGHT = 80;

interface Props {
  mapping: DoorMapping;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Shows who loses access by the deletion of a mapping, and deletes it. */
export function DeleteDialog({ opened, ...props }: Props & { opened: boolean }) {
  return (
    <Dialog title={t.title} opened={opened} onClose={props.onClose}>
      <DeleteForm {...props} />
    </Dialog>
  );
}

function DeleteForm({ mapping: { id, name, locationId }, onClose, onDeleted }: Props) {
  const zone = useZone(locationId);
  const refresh = useRefreshMappings();
  const send = (dryRun: 'true' | 'false') =>
    answer(api.DELETE('/v1/door-mappings/{id}', { params: { path: { id }, query: { dryRun } } }));
  const trial = useQuery({
    queryKey: ['door-mapping-deletion', id],
    queryFn: () => send('true'),
    staleTime: 0,
    gcTime: 0,
  });
  const deletion = useMutation({
    mutationFn: () => send('false'),
    onSuccess: async () => {
      notifications.show({ color: 'green', message: t.done(name) });
      onClose();
      onDeleted?.();
      await refresh();
    },
  });
  const effect = trial.data?.effect;
  return (
    <Stack>
      <Text>{t.text(name)}</Text>
      {trial.isPending && <Skeleton height={EFFECT_HEIGHT} aria-label={t.asking} />}
      {effect && <AccessEffect effect={effect} zone={zone} />}
      <ProblemAlert error={deletion.error ?? trial.error} />
      <DialogButtons onCancel={onClose} isBusy={deletion.isPending}>
        <Button
          color="red"
          disabled={!effect}
          loading={deletion.isPending}
          onClick={() => {
            deletion.mutate();
          }}
        >
          {t.confirm}
        </Button>
      </DialogButtons>
    </Stack>
  );
}
