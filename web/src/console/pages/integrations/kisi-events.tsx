import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api, ApiProblem, type Of } from '../../../api/client';
import { LIVE_MS } from '../../../api/query';
import { Dialog } from '../../../shared/dialog';
import { ProblemAlert } from '../../../shared/problem-alert';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { useMay, useMayEverywhere } from '../../session';
import { Part } from './health-part';
import { ForgetEvents, ListenToEvents } from './kisi-events-dialogs';

const t = texts.integrations.events;

/** `again`: a key stands already. What a dialog is about stays so when that changes behind it. */
type Asking = 'listen' | 'again' | 'forget' | null;

/** Whether Kisi's own events reach Latchkey, and the way to change that. */
export function KisiEvents({ integrationId }: { integrationId: string }) {
  const maySee = useMayEverywhere('admin', 'operator');
  const mayChange = useMay('admin');
  const { data: webhook, error } = useWebhook(integrationId, maySee);
  const [asking, setAsking] = useState<Asking>(null);
  const close = (): void => {
    setAsking(null);
  };
  if (!maySee) return null;
  const isOn = webhook !== null && webhook !== undefined;
  return (
    <Part title={t.title}>
      <Text size="sm">{t.text}</Text>
      <ProblemAlert error={error} />
      {webhook !== undefined && <State webhook={webhook} />}
      {mayChange && webhook !== undefined && (
        <Group gap="sm">
          <Button
            variant="default"
            onClick={() => {
              setAsking(isOn ? 'again' : 'listen');
            }}
          >
            {isOn ? t.again : t.listen}
          </Button>
          {isOn && (
            <Button
              variant="default"
              onClick={() => {
                setAsking('forget');
              }}
            >
              {t.forget}
            </Button>
          )}
        </Group>
      )}
      {(['listen', 'again'] as const).map((name) => (
        <Dialog key={name} title={t[name]} opened={asking === name} onClose={close} isSticky>
          <ListenToEvents integrationId={integrationId} isOn={name === 'again'} onClose={close} />
        </Dialog>
      ))}
      <Dialog title={t.forget} opened={asking === 'forget'} onClose={close}>
        <ForgetEvents integrationId={integrationId} onClose={close} />
      </Dialog>
    </Part>
  );
}

/** `null`: Latchkey does not listen; `undefined` while it is asked. */
function useWebhook(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['integration-health', id, 'kisi-webhook'],
    queryFn: async (): Promise<Of<'KisiWebhook'> | null> => {
      try {
        return await answer(
          api.GET('/v1/integrations/{id}/kisi-webhook', { params: { path: { id } } }),
        );
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 404) return null;
        throw error;
      }
    },
    enabled,
    refetchInterval: LIVE_MS.calm,
  });
}

function State({ webhook }: { webhook: Of<'KisiWebhook'> | null }) {
  if (webhook === null) return <Text size="sm">{t.off}</Text>;
  const { createdAt, lastEventAt } = webhook;
  return (
    <>
      <Text size="sm">{t.on(showInstant(createdAt, browserZone))}</Text>
      <Text size="sm">
        {lastEventAt === null ? t.noneYet : t.last(showInstant(lastEventAt, browserZone))}
      </Text>
    </>
  );
}
