import { Modal, type ModalProps } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';
import { texts } from '../texts';

/** Below this width a dialog takes the whole screen. */
const PHONE = '(max-width: 48em)';

const TellBusy = createContext<(isBusy: boolean) => void>(() => undefined);

/** For what is in a dialog: while it sends something the dialog stays, so that a refusal is seen. */
export function useBusyDialog(isBusy: boolean): void {
  const tell = use(TellBusy);
  useEffect(() => {
    tell(isBusy);
    return () => {
      tell(false);
    };
  }, [tell, isBusy]);
}

/**
 * A dialog: named by its title, closed by Escape or a click beside it unless it is busy, and as large as
 * a phone's screen on a phone.
 */
export function Dialog({
  title,
  opened,
  onClose,
  size = 'lg',
  isSticky = false,
  onClosed,
  children,
}: {
  title: string;
  opened: boolean;
  onClose: () => void;
  size?: ModalProps['size'];
  /** Closed by its buttons alone: for what would be lost by a slip. */
  isSticky?: boolean;
  /** It is out of sight. */
  onClosed?: () => void;
  children: ReactNode;
}) {
  const isPhone = useMediaQuery(PHONE);
  const [isBusy, setIsBusy] = useState(false);
  // Only a dialog that was closed before notes where the focus is to go back to.
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    setIsShown(opened);
  }, [opened]);
  return (
    <Modal
      title={title}
      opened={isShown}
      onClose={onClose}
      size={size}
      fullScreen={isPhone}
      onExitTransitionEnd={onClosed}
      closeOnEscape={!isSticky && !isBusy}
      closeOnClickOutside={!isSticky && !isBusy}
      closeButtonProps={{ 'aria-label': texts.common.close, disabled: isBusy }}
      styles={{ title: { fontWeight: 700, fontSize: 'var(--mantine-font-size-lg)' } }}
    >
      <TellBusy value={setIsBusy}>{children}</TellBusy>
    </Modal>
  );
}
