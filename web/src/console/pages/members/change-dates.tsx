import { Button, Stack } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '../../../api/client';
import type { Door } from '../../../api/doors';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { hasWholeTimes, ZoneLine } from '../../../shared/zoned-time-input';
import { texts } from '../../../texts';
import { Whose } from './grant-cells';
import { enteredOf, readWindow, WindowFields } from './grant-window';
import { notifyChange, useGrantsChanged, type Grant } from './grants';

const t = texts.members.changeDates;

interface NewDates {
  startsAt?: string;
  endsAt?: string | null;
}

interface Props {
  grant: Grant;
  door: Door;
  onClose: () => void;
}

/** Changes the window of a grant that was given by hand. What is not touched is not sent. */
export function DatesDialog({ opened, ...props }: Props & { opened: boolean }) {
  return (
    <Dialog opened={opened} onClose={props.onClose} title={t.title}>
      <DatesForm {...props} />
    </Dialog>
  );
}

function DatesForm({ grant, door, onClose }: Props) {
  // As it was when the dialog opened: what others change meanwhile is not what was touched here.
  const [before] = useState(() => enteredOf(grant, door.zone));
  const [entered, setEntered] = useState(before);
  const changed = useGrantsChanged();
  const change = useMutation({
    mutationFn: (body: NewDates) =>
      answer(api.PATCH('/v1/grants/{id}', { params: { path: { id: grant.id } }, body })),
    onSuccess: async (answered) => {
      notifyChange(t.done, answered);
      onClose();
      await changed();
    },
  });
  const { startsAt, endsAt, endFault, isValid } = readWindow(entered, door.zone, Date.now());
  const isNew = (side: 'start' | 'end') =>
    entered[side].wall !== before[side].wall || entered[side].fold !== before[side].fold;
  const startFault = entered.start.wall === '' ? t.startMissing : null;
  const send = () => {
    if (!isValid || startsAt === null) return;
    change.mutate({
      ...(isNew('start') && { startsAt: new Date(startsAt).toISOString() }),
      ...(isNew('end') && { endsAt: endsAt === null ? null : new Date(endsAt).toISOString() }),
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
        <Whose grant={grant} />
        <ProblemAlert error={change.error} />
        <WindowFields
          value={entered}
          zone={door.zone}
          startFault={startFault}
          endFault={endFault}
          onChange={setEntered}
        />
        <ZoneLine door={door} />
        <DialogButtons onCancel={onClose} isBusy={change.isPending}>
          <Button
            type="submit"
            loading={change.isPending}
            disabled={!isNew('start') && !isNew('end')}
          >
            {t.submit}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}
