import { Alert, Button, Checkbox, Group, List, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, type Of } from '../../../api/client';
import { useRefreshIntegrations } from '../../../api/integrations';
import { usePost } from '../../../api/repeatable';
import { CopyField } from '../../../shared/copy-field';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';

const t = texts.integrations.events;

interface Props {
  integrationId: string;
  onClose: () => void;
}

/** Has Kisi's events come here: registered at Kisi, or with what a person pastes in its dashboard. */
export function ListenToEvents({
  integrationId,
  isOn,
  onClose,
}: Props & {
  /** A key stands already, and is replaced. */
  isOn: boolean;
}) {
  const refresh = useRefreshIntegrations();
  const [byHand, setByHand] = useState(false);
  const make = usePost(
    (register: boolean, header) =>
      answer(
        api.POST('/v1/integrations/{id}/kisi-webhook', {
          params: { header, path: { id: integrationId } },
          body: { register },
        }),
      ),
    { onSuccess: () => void refresh() },
  );
  if (make.data) return <Made webhook={make.data} onClose={onClose} />;
  return (
    <Stack>
      <Text size="sm">{t.listenText}</Text>
      {isOn && <Text size="sm">{t.againText}</Text>}
      <Checkbox
        label={t.byHand}
        description={t.byHandHelp}
        checked={byHand}
        onChange={({ currentTarget }) => {
          setByHand(currentTarget.checked);
        }}
      />
      <ProblemAlert error={make.error} />
      <DialogButtons onCancel={onClose} isBusy={make.isPending}>
        <Button
          loading={make.isPending}
          data-autofocus
          onClick={() => {
            make.mutate(!byHand);
          }}
        >
          {isOn ? t.again : t.listen}
        </Button>
      </DialogButtons>
    </Stack>
  );
}

/** What is to be taken to Kisi's dashboard, if anything. */
function Made({ webhook, onClose }: { webhook: Of<'NewKisiWebhook'>; onClose: () => void }) {
  const { signatureKey, events } = webhook;
  const address = webhook.url ?? globalThis.location.origin + webhook.path;
  return (
    <Stack>
      {signatureKey === null ? (
        <Alert role="status" color="green" icon={<IconCheck />}>
          {t.made}
        </Alert>
      ) : (
        <>
          <Text size="sm">{t.paste}</Text>
          <CopyField label={t.address} value={address} copyLabel={t.copyAddress} />
          <CopyField label={t.key} value={signatureKey} copyLabel={t.copyKey} />
          <div>
            <Text size="sm">{t.types}</Text>
            <List size="sm">
              {events.map((type) => (
                <List.Item key={type}>
                  <code>{type}</code>
                </List.Item>
              ))}
            </List>
          </div>
        </>
      )}
      <Group justify="flex-end">
        <Button onClick={onClose}>{t.done}</Button>
      </Group>
    </Stack>
  );
}

/** Ends it, after saying what is lost. */
export function ForgetEvents({ integrationId, onClose }: Props) {
  const refresh = useRefreshIntegrations();
  const forget = useMutation({
    mutationFn: () =>
      answer(
        api.DELETE('/v1/integrations/{id}/kisi-webhook', {
          params: { path: { id: integrationId } },
        }),
      ),
    onSuccess: async () => {
      onClose();
      notifications.show({ color: 'green', message: t.forgotten });
      await refresh();
    },
  });
  return (
    <Stack>
      <Text size="sm">{t.forgetText}</Text>
      <ProblemAlert error={forget.error} />
      <DialogButtons onCancel={onClose} isBusy={forget.isPending}>
        <Button
          color="red"
          loading={forget.isPending}
          onClick={() => {
            forget.mutate();
          }}
        >
          {t.forget}
        </Button>
      </DialogButtons>
    </Stack>
  );
}
