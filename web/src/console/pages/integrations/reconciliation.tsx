import { Alert, Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { answer, api } from '../../../api/client';
import { useRefreshIntegrations, type Health } from '../../../api/integrations';
import { usePost } from '../../../api/repeatable';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { Part } from './health-part';

const t = texts.integrations.page;

/** What the last reconciliation did, and the word that it waits for. */
export function Reconciliation({
  integrationId,
  run,
}: {
  integrationId: string;
  run: Health['lastReconciliation'];
}) {
  if (run === null) {
    return (
      <Part title={t.run}>
        <Text size="sm">{t.runNone}</Text>
      </Part>
    );
  }
  const { startedAt, expired, repaired, removed, foreignRows, skipped, refused } = run;
  return (
    <Part title={t.run}>
      <Text size="sm">{t.runAt(showInstant(startedAt, browserZone))}</Text>
      <Text size="sm">
        {skipped === null
          ? t.runCounts(expired, repaired, removed, foreignRows)
          : t.runSkipped(skipped)}
      </Text>
      {refused && <Refused integrationId={integrationId} run={run} />}
    </Part>
  );
}

function Refused({
  integrationId,
  run,
}: {
  integrationId: string;
  run: NonNullable<Health['lastReconciliation']>;
}) {
  const mayApprove = useMayEverywhere('admin');
  const [isAsking, asking] = useDisclosure();
  const refresh = useRefreshIntegrations();
  const approval = usePost(
    (id: string, header) =>
      answer(
        api.POST('/v1/integrations/{id}/reconcile-approval', { params: { header, path: { id } } }),
      ),
    {
      onSuccess: () => {
        asking.close();
        notifications.show({ color: 'green', message: t.approved });
        void refresh();
      },
    },
  );
  return (
    <Alert color="red" title={t.refused} w="100%">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{t.refusedText(run.plannedRemovals, run.openDoors)}</Text>
        {mayApprove && (
          <Button color="red" onClick={asking.open}>
            {t.approve}
          </Button>
        )}
        <Dialog
          title={t.approve}
          opened={isAsking}
          onClose={asking.close}
          onClosed={approval.reset}
          size="md"
        >
          <Stack>
            <Text>{t.approveText(run.plannedRemovals, run.openDoors)}</Text>
            <ProblemAlert error={approval.error} />
            <DialogButtons onCancel={asking.close} isBusy={approval.isPending}>
              <Button
                color="red"
                loading={approval.isPending}
                onClick={() => {
                  approval.mutate(integrationId);
                }}
              >
                {t.approve}
              </Button>
            </DialogButtons>
          </Stack>
        </Dialog>
      </Stack>
    </Alert>
  );
}
