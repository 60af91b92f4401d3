import { Button, Loader, VisuallyHidden } from '@mantine/core';
import { IconCheck, IconLock } from '@tabler/icons-react';
import { texts } from '../texts';
import classes from './my-keys.module.css';
import type { TapState } from './use-unlock';

const t = texts.myKeys;
const ICON_SIZE = 18;

/**
 * Unlock, with the state of the tap on it. It is never disabled, since that would take the focus away
 * from who uses a keyboard; a tap while one is under way does nothing.
 */
export function UnlockButton({
  door,
  state,
  onTap,
}: {
  door: string;
  state: TapState['is'];
  onTap: () => void;
}) {
  const isBusy = state === 'opening' || state === 'locating';
  const isOpen = state === 'opened';
  return (
    <Button
      className={classes.unlock}
      size="md"
      px="xs"
      color={isOpen ? 'green.9' : undefined}
      aria-disabled={isBusy || isOpen}
      leftSection={<ButtonIcon isBusy={isBusy} isOpen={isOpen} />}
      onClick={() => {
        if (!isBusy && !isOpen) onTap();
      }}
    >
      {isBusy ? t.tap[state] : isOpen ? t.tap.opened : t.unlock}
      <VisuallyHidden>{t.doorOfButton(door)}</VisuallyHidden>
    </Button>
  );
}

function ButtonIcon({ isBusy, isOpen }: { isBusy: boolean; isOpen: boolean }) {
  if (isBusy) return <Loader size={ICON_SIZE} color="currentColor" aria-hidden />;
  return isOpen ? (
    <IconCheck size={ICON_SIZE} aria-hidden />
  ) : (
    <IconLock size={ICON_SIZE} aria-hidden />
  );
}
