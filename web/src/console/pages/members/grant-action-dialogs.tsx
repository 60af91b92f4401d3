import type { Door } from '../../../api/doors';
import { DatesDialog } from './change-dates';
import { HistoryDialog } from './grant-history';
import type { Grant } from './grants';
import { RevokeDialog } from './revoke-grant';

export type GrantDialogKind = 'revoke' | 'dates' | 'history';

/** The dialogs of one access record. They stand beside the list: its row may leave while one is open. */
export function GrantActionDialogs({
  grant,
  door,
  shown,
  onClose,
}: {
  grant: Grant;
  door: Door | undefined;
  /** `null`: none. */
  shown: GrantDialogKind | null;
  onClose: () => void;
}) {
  return (
    <>
      <RevokeDialog grant={grant} door={door} opened={shown === 'revoke'} onClose={onClose} />
      {door && (
        <DatesDialog grant={grant} door={door} opened={shown === 'dates'} onClose={onClose} />
      )}
      <HistoryDialog grant={grant} door={door} opened={shown === 'history'} onClose={onClose} />
    </>
  );
}
