import { endOf } from '../domain/windows';
import type { SeenForeignRow } from '../store';
import type { AccessDeps } from './deps';
import { opensDoors } from './ownership';

/**
 * A row that is not ours and lets in a member who is on hold. Instants as ISO 8601, UTC, since a job
 * keeps them as the API shows them.
 */
export interface RowUnderHold {
  integrationId: string;
  roleAssignmentId: number;
  /** Kisi's role, e.g. `group_basic`. */
  role: string;
  groupId: number;
  /** `null`: from the beginning. */
  from: string | null;
  /** `null`: without an end. */
  until: string | null;
  /** When it was last read at Kisi. */
  seenAt: string;
}

/**
 * The rows that still let the member in, now or later, as they were last seen; none where the member is
 * not on hold. A hold takes away what is ours alone.
 */
export async function rowsUnderHold(
  { store, clock }: Pick<AccessDeps, 'store' | 'clock'>,
  memberId: string,
): Promise<RowUnderHold[]> {
  const member = await store.members.get(memberId);
  if (!member?.hold) return [];
  const seen = await store.foreignRows.ofMember(memberId);
  const opening = seen.filter(
    (row) => opensDoors({ roleId: row.role }) && endOf(row) > clock.now(),
  );
  const shown = await Promise.all(
    opening.map(async (row) => {
      const integration = await store.integrations.byOrganization(row.organizationId);
      return integration?.connected === true ? [show(row, integration.id)] : [];
    }),
  );
  return shown.flat();
}

/** What they are and what to do, in one sentence each; `null`: there are none. */
export function wordsOfRowsUnderHold(rows: readonly RowUnderHold[]): string | null {
  if (rows.length === 0) return null;
  const [what, them] =
    rows.length === 1
      ? ['1 row at Kisi that is not ours still lets', 'it']
      : [`${String(rows.length)} rows at Kisi that are not ours still let`, 'them'];
  return `${what} this member in. Remove ${them} with POST /v1/integrations/:id/foreign-rows/clear, or in the Kisi dashboard.`;
}

function show(row: SeenForeignRow, integrationId: string): RowUnderHold {
  const { roleAssignmentId, role, groupId, from, until, seenAt } = row;
  return {
    integrationId,
    roleAssignmentId,
    role,
    groupId,
    from: isoOrNull(from),
    until: isoOrNull(until),
    seenAt: new Date(seenAt).toISOString(),
  };
}

function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
