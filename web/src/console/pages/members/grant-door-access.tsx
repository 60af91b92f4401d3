import { Alert, Button, Group, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { answer, api } from '../../../api/client';
import type { Door } from '../../../api/doors';
import { usePost } from '../../../api/repeatable';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { GuideLink } from '../../../shared/guide-link';
import { ProblemAlert } from '../../../shared/problem-alert';
import { hasWholeTimes, ZoneLine } from '../../../shared/zoned-time-input';
import { texts } from '../../../texts';
import { DoorSelect } from '../../door-select';
import { NO_WINDOW, readWindow, WindowFields } from './grant-window';
import { useGrantsChanged } from './grants';
import type { Member } from './member';

const t = texts.members.grantForm;

interface Props {
  member: Member;
  /** Chosen at first. */
  door?: Door | null;
  onClose: () => void;
}

/** Gives a member access to a door or group by hand. */
export function GrantDialog({ opened, ...props }: Props & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title={t.title}>
      <GrantForm {...props} />
    </Dialog>
  );
}

function GrantForm({ member, door: firstDoor = null, onClose }: Props) {
  const [door, setDoor] = useState(firstDoor);
  const [entered, setEntered] = useState(NO_WINDOW);
  const [reason, setReason] = useState('');
  const [wasSent, setWasSent] = useState(false);
  const grant = useGrantPost(member.id, onClose);
  const zone = door?.zone ?? null;
  const window = zone === null ? null : readWindow(entered, zone, Date.now());
  const send = () => {
    setWasSent(true);
    if (door === null || !window?.isValid) return;
    const { startsAt, endsAt } = window;
    grant.mutate({
      doorMappingId: door.id,
      ...(startsAt !== null && { startsAt: new Date(startsAt).toISOString() }),
      endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (hasWholeTimes(event.currentTarget)) send();
      }}
    >
      <Stack>
        {member.hold && <Alert color="orange">{t.onHold}</Alert>}
        <ProblemAlert error={grant.error} />
        <DoorSelect
          label={t.door}
          description={t.doorHelp}
          required
          onlyActive
          data-autofocus
          value={door?.id ?? null}
          error={wasSent && door === null ? t.doorMissing : null}
          onPick={setDoor}
        />
        <WindowFields
          value={entered}
          zone={zone}
          startHelp={t.startsHelp}
          endFault={window?.endFault ?? null}
          onChange={setEntered}
        />
        <ZoneLine door={door} />
        <TextInput
          label={t.reason}
          description={t.reasonHelp}
          maxLength={500}
          value={reason}
          onChange={({ currentTarget }) => {
            setReason(currentTarget.value);
          }}
        />
        <Group justify="space-between">
          <GuideLink section="manualAccess" newTab />
          <DialogButtons onCancel={onClose} isBusy={grant.isPending}>
            <Button type="submit" loading={grant.isPending}>
              {t.submit}
            </Button>
          </DialogButtons>
        </Group>
      </Stack>
    </form>
  );
}

interface NewGrant {
  doorMappingId: string;
  startsAt?: string;
  endsAt: string | null;
  reason?: string;
}

function useGrantPost(memberId: string, onDone: () => void) {
  const changed = useGrantsChanged();
  return usePost(
    (body: NewGrant, header) =>
      answer(
        api.POST('/v1/members/{id}/grants', { params: { path: { id: memberId }, header }, body }),
      ),
    {
      onSuccess: async ({ settled }) => {
        const message = settled ? t.inPlace : t.accepted;
        notifications.show({ color: 'green', title: t.granted, message });
        onDone();
        await changed();
      },
    },
  );
}
