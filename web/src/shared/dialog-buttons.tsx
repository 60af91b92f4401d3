import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts';

/** The end of a dialog that asks: Cancel, and what it asks about. */
export function DialogButtons({
  onCancel,
  children,
}: {
  onCancel: () => void;
  /** The button that does it. */
  children: ReactNode;
}) {
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onCancel}>
        {texts.common.cancel}
      </Button>
      {children}
    </Group>
  );
}
