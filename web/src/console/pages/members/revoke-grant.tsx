import { Button, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { Door } from '../../../api/doors';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { Whose } from './grant-cells';
import { useGrantCommand, type Grant } from './grants';

const t = texts.members.revokeForm;

/** Asks whether to revoke a grant, and for the reason. */
export function RevokeDialog({
  grant,
  door,
  opened,
  onClose,
}: {
  grant: Grant;
  door: Door | undefined;
  opened: boolean;
  onClose: () => void;
}) {
  return (
    <Dialog opened={opened} onClose={onClose} title={t.title(door?.name ?? grant.doorMappingId)}>
      <RevokeForm grant={grant} onClose={onClose} />
    </Dialog>
  );
}

function RevokeForm({ grant, onClose }: { grant: Grant; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const revoke = useGrantCommand('revoke', onClose);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        revoke.mutate({ grantId: grant.id, reason });
      }}
    >
      <Stack>
        <Whose grant={grant} />
        <Text>{t.does}</Text>
        {grant.source !== 'manual' && <Text>{t.follows[grant.source]}</Text>}
        <ProblemAlert error={revoke.error} />
        <TextInput
          label={t.reason}
          description={t.reasonHelp}
          maxLength={500}
          data-autofocus
          value={reason}
          onChange={({ currentTarget }) => {
            setReason(currentTarget.value);
          }}
        />
        <DialogButtons onCancel={onClose} isBusy={revoke.isPending}>
          <Button type="submit" color="red" loading={revoke.isPending}>
            {t.submit}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}
