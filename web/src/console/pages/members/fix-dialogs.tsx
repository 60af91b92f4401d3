import { useDoors } from '../../../api/doors';
import { DatesDialog } from './change-dates';
import { Dialog } from '../../../shared/dialog';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import type { DialogFix } from './fix';
import { GrantDialog } from './grant-door-access';
import { useGrant } from './grants';
import { HoldDialog } from './hold-dialog';
import type { Member } from './member';
import { RevokeDialog } from './revoke-grant';

interface Props {
  /** What is asked about, or was last: a dialog that closes still shows it. */
  fix: DialogFix;
  member: Member;
  doorMappingId: string;
  opened: boolean;
  onClose: () => void;
}

/** The dialog that asks about a fix. It outlives the reason that it mends. */
export function FixDialog({ fix, member, doorMappingId, opened, onClose }: Props) {
  const door = useDoors([doorMappingId]).doorOf(doorMappingId);
  switch (fix.kind) {
    case 'grant':
      return (
        <GrantDialog
          member={member}
          door={door?.mapping?.active ? door : null}
          opened={opened}
          onClose={onClose}
        />
      );
    case 'release':
      return <HoldDialog member={member} change="release" opened={opened} onClose={onClose} />;
    case 'revoke':
    case 'changeDates':
      return (
        <ExistingGrantDialog
          kind={fix.kind}
          grantId={fix.grantId}
          opened={opened}
          onClose={onClose}
        />
      );
  }
}

const TITLES = {
  revoke: texts.members.access.revoke,
  changeDates: texts.members.changeDates.title,
} as const;

/** The dialogs of the list, for one grant. */
function ExistingGrantDialog({
  kind,
  grantId,
  opened,
  onClose,
}: {
  kind: 'revoke' | 'changeDates';
  grantId: string;
  opened: boolean;
  onClose: () => void;
}) {
  const { data: grant, error } = useGrant(grantId);
  const doors = useDoors(grant ? [grant.doorMappingId] : []);
  const door = doors.doorOf(grant?.doorMappingId ?? '');
  if (!grant || !door) {
    const problem = error ?? doors.error;
    return (
      <Dialog opened={opened && problem !== null} onClose={onClose} title={TITLES[kind]}>
        <ProblemAlert error={problem} />
      </Dialog>
    );
  }
  return kind === 'revoke' ? (
    <RevokeDialog grant={grant} door={door} opened={opened} onClose={onClose} />
  ) : (
    <DatesDialog grant={grant} door={door} opened={opened} onClose={onClose} />
  );
}
