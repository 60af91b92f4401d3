import type { AccessLogEntry } from '../../src/domain/grant';
import type { Member } from '../../src/store';
import { grantsAt, requiredAccess, type RequiredAccess } from './required-access';
import type { Stack } from './stack';

/** The parts of a stack that the oracle asks. */
export type JudgedStack = Pick<Stack, 'store' | 'simulator' | 'rowsOf'>;

/** The promise was broken: a door that had to be open was closed, or the other way round. */
export class AccessBreach extends Error {
  override readonly name = 'AccessBreach';
}

const PAGE = 200;
const SAMPLE_EVERY_MS = 5;

/**
 * Compares what the access log says the member's access to the lock had to be at `at` (ms UTC) with
 * what the simulated Kisi's ledger says it was.
 * @returns what it had to be; `either` while a change was under way
 * @throws AccessBreach that tells the whole story
 */
export async function expectAccess(
  stack: JudgedStack,
  member: Member,
  lockId: number,
  at: number,
): Promise<RequiredAccess> {
  const [required = 'either'] = await expectAccessAt(stack, member, lockId, [at]);
  return required;
}

/** The same for many instants, for which the log is read once: a read of it is slow. */
export async function expectAccessAt(
  stack: JudgedStack,
  member: Member,
  lockId: number,
  instants: readonly number[],
): Promise<RequiredAccess[]> {
  // The ledger first: a change that Kisi shows stands in the log already, since it is logged before.
  const seen = instants.map((at) => ({
    at,
    ...stack.simulator.couldOpen({ email: member.email, lockId, at }),
  }));
  const rows = await rowsLeadingTo(stack, member, lockId);
  return seen.map(({ at, open, because }) => {
    const required = requiredAccess(rows, at);
    if (required !== 'either' && (required === 'open') !== open) {
      throw new AccessBreach(story(stack, { member, lockId, at, required, because, rows }));
    }
    return required;
  });
}

/**
 * Stricter than the oracle, for changes that may leave no gap at all: at no sampled instant of the
 * past span [from, until) (ms UTC) was the door closed.
 */
export function expectNoGap(
  stack: JudgedStack,
  member: Member,
  lockId: number,
  { from, until }: { from: number; until: number },
): void {
  for (let at = from; at < until; at += SAMPLE_EVERY_MS) {
    const { open, because } = stack.simulator.couldOpen({ email: member.email, lockId, at });
    if (!open) {
      throw new AccessBreach(
        `A gap for ${member.id} at lock ${String(lockId)}: closed at ${iso(at)} (${because})`,
      );
    }
  }
}

/** The log rows of the member's grants whose door mapping leads to the lock, oldest first. */
async function rowsLeadingTo(
  { store, simulator }: JudgedStack,
  member: Member,
  lockId: number,
): Promise<AccessLogEntry[]> {
  const rows: AccessLogEntry[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof store.accessLog.list>> = await store.accessLog.list(
      { memberId: member.id },
      { cursor, limit: PAGE },
    );
    rows.unshift(...page.data.reverse());
    cursor = page.nextCursor;
  } while (cursor !== null);

  const leads = new Map<string, boolean>();
  for (const mappingId of new Set(rows.map(({ grant }) => grant.doorMappingId))) {
    const mapping = await store.doorMappings.get(mappingId);
    leads.set(
      mappingId,
      mapping?.resourceType === 'lock'
        ? mapping.resourceId === lockId
        : simulator
            .state()
            .groupLocks.some(
              (held) => held.groupId === mapping?.resourceId && held.lockId === lockId,
            ),
    );
  }
  return rows.filter(({ grant }) => leads.get(grant.doorMappingId) === true);
}

interface Breach {
  member: Member;
  lockId: number;
  at: number;
  required: RequiredAccess;
  because: string;
  rows: AccessLogEntry[];
}

function story(
  stack: JudgedStack,
  { member, lockId, at, required, because, rows }: Breach,
): string {
  const found = required === 'open' ? 'closed' : 'open';
  const grants = grantsAt(rows, at).map(
    ({ grant, live }) =>
      `  ${grant.id} ${iso(grant.startsAt)} to ${iso(grant.endsAt)} stops [${grant.stops.join()}] ${live ? 'live' : 'not live'}`,
  );
  const log = rows.map(
    ({ at: loggedAt, action, status, grant }) =>
      `  ${iso(loggedAt)} ${loggedAt > at ? '(after) ' : ''}${grant.id} ${action} ${status} revision ${String(grant.revision)} ${grant.settled ? 'settled' : 'not settled'}`,
  );
  const kisi = stack
    .rowsOf(member)
    .map(
      ({ id, groupId, from, until }) =>
        `  row ${String(id)} in group ${String(groupId)}: ${from ?? 'begun'} to ${until ?? 'open-ended'}`,
    );
  return [
    `${member.id} at lock ${String(lockId)}, ${iso(at)}: had to be ${required}, was ${found} (${because})`,
    'Grants at that instant:',
    ...grants,
    'Access log:',
    ...log,
    'Rows at Kisi now:',
    ...kisi,
  ].join('\n');
}

function iso(instant: number | null): string {
  return instant === null ? 'open-ended' : new Date(instant).toISOString();
}
