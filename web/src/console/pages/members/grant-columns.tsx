import { useDoors } from '../../../api/doors';
import type { Column } from '../../../shared/data-list';
import { texts } from '../../../texts';
import { GrantActions } from './grant-actions';
import { DoorCell, KisiCell, SourceCell, StatusCell, WindowCell } from './grant-cells';
import type { Grant } from './grants';

const t = texts.members.access.columns;

/** How each of these grants stands, and what can be done about it. */
export function useGrantColumns(grants: readonly Grant[] = []): {
  columns: readonly Column<Grant>[];
  /** Why a door could not be read; else `null`. */
  error: unknown;
} {
  const { doorOf, error } = useDoors(grants.map(({ doorMappingId }) => doorMappingId));
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
      cell: (grant) => <GrantActions grant={grant} door={doorOf(grant.doorMappingId)} />,
    },
  ];
  return { columns, error };
}
