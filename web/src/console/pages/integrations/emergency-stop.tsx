import { Button, Checkbox, Stack, Text, Textarea } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../../api/client';
import { useRefreshIntegrations, type Integration } from '../../../api/integrations';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { Part } from './health-part';
import { isRemoving } from './removing';
import { stopWords } from './stop-words';

const t = texts.integrations.stop;

/** Stops what is written at Kisi, or releases that, each after a dialog that says what happens. */
export function EmergencyStop({ integration }: { integration: Integration }) {
  const { emergencyStop } = integration;
  const mayStop = useMayEverywhere('admin', 'operator');
  const [isOpen, dialog] = useDisclosure();
  // What was pressed is what the dialog asks, whatever others do meanwhile.
  const [isReleasing, setIsReleasing] = useState(false);
  const isStopped = emergencyStop !== null;
  // One that is being removed waits for the release.
  if (!integration.active && !(isStopped && isRemoving(integration))) return null;
  return (
    <Part title={t.title}>
      <Text size="sm">
        {isStopped ? `${stopWords(emergencyStop)} ` : t.off}
        {emergencyStop?.includeRemovals && t.removalsStopped}
      </Text>
      {mayStop && (
        <Button
          variant={isStopped ? 'filled' : 'outline'}
          color="red"
          onClick={() => {
            setIsReleasing(isStopped);
            dialog.open();
          }}
        >
          {isStopped ? t.release : t.action}
        </Button>
      )}
      <Dialog
        title={isReleasing ? t.release : t.title}
        opened={isOpen}
        onClose={dialog.close}
        size="md"
      >
        {isReleasing ? (
          <Release id={integration.id} onClose={dialog.close} />
        ) : (
          <Stop id={integration.id} onClose={dialog.close} />
        )}
      </Dialog>
    </Part>
  );
}

interface Props {
  id: string;
  onClose: () => void;
}

function Stop({ id, onClose }: Props) {
  const refresh = useRefreshIntegrations();
  const form = useForm({
    initialValues: { reason: '', includeRemovals: false },
    validate: { reason: (reason) => (reason.trim() === '' ? t.reasonMissing : null) },
  });
  const stop = useMutation({
    mutationFn: (body: typeof form.values) =>
      answer(api.PUT('/v1/integrations/{id}/emergency-stop', { params: { path: { id } }, body })),
    onSuccess: async () => {
      onClose();
      notifications.show({ color: 'orange', message: t.stopped });
      await refresh();
    },
  });
  return (
    <form
      onSubmit={form.onSubmit((values) => {
        stop.mutate(values);
      })}
    >
      <Stack>
        <Text size="sm">{t.dialogText}</Text>
        <Textarea
          label={t.reason}
          description={t.reasonHelp}
          withAsterisk
          maxLength={500}
          data-autofocus
          {...form.getInputProps('reason')}
        />
        <Checkbox
          label={t.includeRemovals}
          description={t.includeRemovalsHelp}
          {...form.getInputProps('includeRemovals', { type: 'checkbox' })}
        />
        <ProblemAlert error={stop.error} />
        <DialogButtons onCancel={onClose} isBusy={stop.isPending}>
          <Button type="submit" color="red" loading={stop.isPending}>
            {t.confirm}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}

function Release({ id, onClose }: Props) {
  const refresh = useRefreshIntegrations();
  const release = useMutation({
    mutationFn: () =>
      answer(api.DELETE('/v1/integrations/{id}/emergency-stop', { params: { path: { id } } })),
    onSuccess: async () => {
      onClose();
      notifications.show({ color: 'green', message: t.released });
      await refresh();
    },
  });
  return (
    <Stack>
      <Text size="sm">{t.releaseText}</Text>
      <ProblemAlert error={release.error} />
      <DialogButtons onCancel={onClose} isBusy={release.isPending}>
        <Button
          loading={release.isPending}
          onClick={() => {
            release.mutate();
          }}
        >
          {t.releaseConfirm}
        </Button>
      </DialogButtons>
    </Stack>
  );
}
