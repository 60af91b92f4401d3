import { Alert, Button, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { Dialog } from '../../../shared/dialog';
import { JobProgress } from '../../../shared/job-progress';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { PlainLink } from '../../../shared/named';
import { ProblemAlert } from '../../../shared/problem-alert';
import { RemedyText } from '../../../shared/problem-text';
import { texts } from '../../../texts';
import { SyncResult } from './sync-result';
import type { Sync } from './use-sync';

const t = texts.doorMappings.sync;

/** **Sync from Provider**; asks for the connection only where there are several. */
export function SyncButton({ sync }: { sync: Sync }) {
  const { connections = [], start, job, isStarting } = sync;
  const [isChoosing, choosing] = useDisclosure();
  const [only] = connections;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconRefresh size={16} aria-hidden />}
        loading={isStarting || job?.state === 'running'}
        disabled={connections.length === 0}
        onClick={() => {
          if (connections.length > 1) choosing.open();
          else if (only) start({ integrationId: only.id, includeDeleted: false });
        }}
      >
        {t.action}
      </Button>
      <Dialog title={t.action} opened={isChoosing} onClose={choosing.close} size="md">
        <Choose sync={sync} onDone={choosing.close} />
      </Dialog>
    </>
  );
}

function Choose({ sync: { connections = [], start }, onDone }: { sync: Sync; onDone: () => void }) {
  const [chosen, setChosen] = useState<string | null>(connections[0]?.id ?? null);
  return (
    <Stack>
      <Select
        label={t.choose}
        description={t.chooseText}
        allowDeselect={false}
        data={connections.map(({ id, organization }) => ({ value: id, label: organization.name }))}
        value={chosen}
        onChange={setChosen}
      />
      <DialogButtons onCancel={onDone}>
        <Button
          disabled={chosen === null}
          onClick={() => {
            if (chosen !== null) start({ integrationId: chosen, includeDeleted: false });
            onDone();
          }}
        >
          {t.start}
        </Button>
      </DialogButtons>
    </Stack>
  );
}

/** Why there is nothing to sync. Nothing where there is, or while that is asked for. */
export function NothingToSync({
  sync: { connections, connectionsError },
  isListEmpty,
}: {
  sync: Sync;
  /** It says by itself that a connection is needed. */
  isListEmpty: boolean;
}) {
  if (connectionsError !== null) {
    return (
      <Stack mb="md" gap="xs">
        <Text size="sm">{t.connectionsUnknown}</Text>
        <ProblemAlert error={connectionsError} />
      </Stack>
    );
  }
  if (connections?.length !== 0 || isListEmpty) return null;
  return (
    <Text size="sm" mb="md">
      {t.noConnection}{' '}
      <PlainLink to="/settings/integrations">{texts.doorMappings.empty.toIntegrations}</PlainLink>
    </Text>
  );
}

/** What a sync is doing, and what came of it. Nothing before the first. */
export function SyncPanel({
  sync,
  onShowUnassigned,
}: {
  sync: Sync;
  onShowUnassigned: () => void;
}) {
  const { job, organization, error, start, again, isStarting, dismiss } = sync;
  if (error !== null) {
    return (
      <Stack mb="md">
        <ProblemAlert error={error} />
      </Stack>
    );
  }
  if (job === null) return null;
  const { state, message, result } = job;
  return (
    <Stack mb="md" role="region" aria-label={t.action}>
      {state === 'running' && <JobProgress job={job} label={t.running(organization)} />}
      {state === 'failed' && (
        <Alert
          color="red"
          role="alert"
          title={t.failed}
          withCloseButton
          closeButtonLabel={t.dismiss}
          onClose={dismiss}
        >
          <Stack gap="xs" align="flex-start">
            <RemedyText before={message ?? ''}>{t.failedRemedy}</RemedyText>
            <Button size="compact-sm" loading={isStarting} onClick={again}>
              {texts.common.tryAgain}
            </Button>
          </Stack>
        </Alert>
      )}
      {state === 'done' && (
        <SyncResult
          result={result}
          organization={organization}
          onClose={dismiss}
          onShowUnassigned={onShowUnassigned}
          onIncludeDeleted={() => {
            start({ integrationId: job.subjectId, includeDeleted: true });
          }}
        />
      )}
    </Stack>
  );
}
