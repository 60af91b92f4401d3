import type { Member } from '../../src/store';
import { expectAccessAt } from '../support/oracle';
import type { Installation } from '../support/processes';

const INSTANTS_JUDGED = 15;

/**
 * The grant's log as `action status`, oldest first, and no row twice. What it shows on the way
 * (`pending`, `removing`, `queued`) depends on when the passes were looked at and is left out.
 */
export async function outcomesOf(installation: Installation, grantId: string): Promise<string[]> {
  const rows = await installation.logOf(grantId);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  return rows
    .filter(({ status }) => ['accepted', 'refused', 'in_place', 'removed'].includes(status))
    .map(({ action, status }) => `${action} ${status}`);
}

/** Judges instants spread over the past span and now by the oracle of the promise. */
export async function judgeSince(
  installation: Installation,
  member: Member,
  lockId: number,
  from: number,
): Promise<void> {
  const now = Date.now();
  const everyMs = (now - from) / INSTANTS_JUDGED;
  const instants = Array.from({ length: INSTANTS_JUDGED + 1 }, (_, count) =>
    Math.floor(from + count * everyMs),
  );
  await expectAccessAt(installation, member, lockId, instants);
}

/** How often the operation was done at Kisi since the instant (ms UTC), whatever was answered. */
export function timesDone(
  { simulator }: Installation,
  call: { method: string; path: RegExp; organizationId: number },
  since: number,
): number {
  return simulator
    .requests(since)
    .filter(
      ({ method, path, organizationId, doneStatus }) =>
        method === call.method &&
        call.path.test(path) &&
        organizationId === call.organizationId &&
        doneStatus !== null &&
        doneStatus < 300,
    ).length;
}
