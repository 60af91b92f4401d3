import { useDisclosure } from '@mantine/hooks';
import { useState, type ReactNode } from 'react';
import { useDoors } from '../../../api/doors';
import type { Column } from '../../../shared/data-list';
import { texts } from '../../../texts';
import { GrantActionDialogs, type GrantDialogKind } from './grant-action-dialogs';
import { GrantActions } from './grant-actions';
import { DoorCell, KisiCell, SourceCell, StatusCell, WindowCell } from './grant-cells';
import type { Grant } from './grants';

const t = texts.members.access.columns;

/** How each of these grants stands, and what can be done about it. */
export function useGrantColumns(grants: readonly Grant[] = []): {
  columns: readonly Column<Grant>[];
  /** Why a door could not be read; else `null`. */
  error: unknown;
  /** No door has been read yet: rows without would grow when theirs comes. */
  isPending: boolean;
  /** What the rows open; to be shown beside the list. */
  dialogs: ReactNode;
} {
  // What was chosen stays while its dialog closes, and when its row leaves the list.
  const [isAsking, asking] = useDisclosure();
  const [chosen, setChosen] = useState<{ grant: Grant; dialog: GrantDialogKind } | null>(null);
  const shown = chosen ? [...grants, chosen.grant] : grants;
  const { doorOf, error } = useDoors(shown.map(({ doorMappingId }) => doorMappingId));
  const columns: readonly Column<Grant>[] = [
    { title: t.door, cell: (grant) => <DoorCell door={doorOf(grant.doorMappingId)} /> },
    { title: t.source, cell: (grant) => <SourceCell grant={grant} /> },
    { title: t.status, cell: (grant) => <StatusCell grant={grant} /> },
    {
      title: t.window,
      cell: (grant) => <WindowCell grant={grant} door={doorOf(grant.doorMappingId)} />,
    },
    { title: t.kisi, cell: (grant) => <KisiCell grant={grant} /> },
    {
      title: t.actions,
      hidesTitle: true,
      cell: (grant) => (
        <GrantActions
          grant={grant}
          mayEnterTimes={doorOf(grant.doorMappingId) !== undefined}
          onShow={(dialog) => {
            setChosen({ grant, dialog });
            asking.open();
          }}
        />
      ),
    },
  ];
  const dialogs = chosen && (
    <GrantActionDialogs
      // What was typed about one grant is not shown of the next.
      key={chosen.grant.id}
      grant={chosen.grant}
      door={doorOf(chosen.grant.doorMappingId)}
      shown={isAsking ? chosen.dialog : null}
      onClose={asking.close}
    />
  );
  const isPending =
    error === null &&
    grants.length > 0 &&
    grants.every(({ doorMappingId }) => doorOf(doorMappingId) === undefined);
  return { columns, error, isPending, dialogs };
}
