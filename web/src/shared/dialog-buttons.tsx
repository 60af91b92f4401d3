import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts';
import { useBusyDialog } from './dialog';

/** The end of a dialog that asks: Cancel, and what it asks about. */
export function DialogButtons({
  onCancel,
  cancel = texts.common.cancel,
  isBusy = false,
  children,
}: {
  onCancel: () => void;
  /** The words of the other button. */
  cancel?: string;
  /** It is being done: until that is answered the dialog is not closed. */
  isBusy?: boolean;
  /** The button that does it. */
  children: ReactNode;
}) {
  useBusyDialog(isBusy);
  return (
    <Group justify="flex-end" ml="auto">
      <Button variant="default" disabled={isBusy} onClick={onCancel}>
        {cancel}
      </Button>
      {children}
    </Group>
  );
}
