import { Button, List, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../../api/client';
import { readAll } from '../../../api/places';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { ChoiceField } from '../../../shared/choice-field';
import { useHealth, useRefreshIntegrations, type Integration } from '../../../api/integrations';

const t = texts.integrations.removeDialog;

type Mode = NonNullable<Integration['removal']>['mode'];

/** Says what a removal does, asks what becomes of the access at Kisi, and removes. */
export function RemoveDialog({
  integration,
  opened,
  onClose,
}: {
  integration: Integration;
  opened: boolean;
  onClose: () => void;
}) {
  return (
    <Dialog title={t.title} opened={opened} onClose={onClose}>
      <RemoveForm integration={integration} onClose={onClose} />
    </Dialog>
  );
}

function RemoveForm({ integration, onClose }: { integration: Integration; onClose: () => void }) {
  const { id, organization } = integration;
  const [mode, setMode] = useState<Mode>('remove');
  const mappings = useMappingCount(id);
  const { data: health } = useHealth(id);
  const refresh = useRefreshIntegrations();
  const removal = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/v1/integrations/{id}', {
          params: { path: { id }, query: { access: mode } },
        }),
      ),
    onSuccess: () => {
      notifications.show({ message: t.begun });
      onClose();
      void refresh();
    },
  });
  return (
    <Stack>
      <Text>{t.text(organization.name)}</Text>
      <div>
        <Text fw={600}>{t.effects}</Text>
        <List>
          <List.Item>{mappings === undefined ? t.mappingsUnknown : t.mappings(mappings)}</List.Item>
          {health && <List.Item>{t.open(health.openGrants)}</List.Item>}
          <List.Item>{t.grants}</List.Item>
          <List.Item>{t.key}</List.Item>
        </List>
      </div>
      <ChoiceField
        label={t.mode}
        value={mode}
        onChange={setMode}
        choices={[
          { value: 'remove', label: t.remove, help: t.removeHelp },
          { value: 'leave', label: t.leave, help: t.leaveHelp },
        ]}
      />
      <ProblemAlert error={removal.error} />
      <DialogButtons onCancel={onClose} isBusy={removal.isPending}>
        <Button
          color="red"
          loading={removal.isPending}
          onClick={() => {
            removal.mutate();
          }}
        >
          {t.confirm}
        </Button>
      </DialogButtons>
    </Stack>
  );
}

/** How many door mappings lead through a connection. */
function useMappingCount(integrationId: string): number | undefined {
  const { data } = useQuery({
    queryKey: ['door-mappings', 'count', integrationId],
    queryFn: async () => {
      const mappings = await readAll((page) =>
        answer(api.GET('/v1/door-mappings', { params: { query: { ...page, integrationId } } })),
      );
      return mappings.length;
    },
  });
  return data;
}
