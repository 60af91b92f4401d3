import type { z } from 'zod';
import type { ForeignRowView } from '../../src/access/foreign-row-view';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { foreignRowOut } from './schema';

export function presentForeignRow(row: ForeignRowView): z.input<typeof foreignRowOut> {
  const { roleAssignmentId, role, assigneeType, kisiUserId, memberId, groupId, target } = row;
  return {
    roleAssignmentId,
    role,
    assigneeType,
    kisiUserId,
    memberId,
    groupId,
    lockId: target.kind === 'lock' ? target.id : null,
    doorMappingIds: row.doorMappingIds,
    from: toIsoOrNull(row.from),
    until: toIsoOrNull(row.until),
    madeAt: toIso(row.madeAt),
    firstSeenAt: toIso(row.firstSeenAt),
    seenAt: toIso(row.seenAt),
    wanted: row.wanted,
    adoptionRefused: row.adoptionRefused,
  };
}
