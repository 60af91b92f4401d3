import { z } from 'zod';
import type {
  ImportActivities,
  ImportKind,
  ImportTotals,
  InvalidItem,
  ItemFault,
} from '../contracts/import-activities';
import { BeingErased, DuplicateKey, type ImportChunk } from '../store';
import type { AccessDeps } from './deps';
import { offerSource, type OfferedSource } from './offer-source';
import { saveMemberAsOf } from './save-member';
import { hostId, readBooking, readMembership } from './source-snapshots';

/** Items that are taken at once: each is some reads and a message to Temporal. */
const AT_ONCE = 10;
/** Invalid items that the job shows. */
const SHOWN = 100;

type Deps = Pick<AccessDeps, 'store' | 'messages'>;

/** What became of one item. */
type ItemOutcome = 'accepted' | 'older' | { id: string | null; errors: ItemFault[] };

const NO_TOTALS: ImportTotals = { accepted: 0, older: 0, invalidCount: 0, invalid: [] };

/**
 * Takes the items of one chunk, each as a PUT of it would have been taken when the import was sent. One
 * that is not valid never stops the others. Repeated, it comes to the same: what was taken before is
 * taken again. Members have no version: the moment at which the chunk was sent takes its place.
 *
 * @throws ServiceError when Temporal is away: the chunk is to be taken again
 */
export async function importChunk(
  deps: Deps,
  { jobId, chunk, doneBefore }: Parameters<ImportActivities['importChunk']>[0],
): ReturnType<ImportActivities['importChunk']> {
  const content = await deps.store.imports.get(jobId, chunk);
  if (content === null) return { items: 0, totals: NO_TOTALS };
  const { kind, items, createdAt } = content;
  const forgotten = new Set(content.forgotten);
  const takeAt = async (index: number): Promise<ItemOutcome> =>
    forgotten.has(index) ? 'older' : take(deps, kind, items[index], createdAt);
  const outcomes: ItemOutcome[] = [];
  for (let next = 0; next < items.length; next += AT_ONCE) {
    const batch = [...items.keys()].slice(next, next + AT_ONCE);
    outcomes.push(...(await Promise.all(batch.map(takeAt))));
    await deps.store.jobs.progress(jobId, { done: doneBefore + outcomes.length });
  }
  return { items: items.length, totals: totalsOf(content, outcomes) };
}

function totalsOf(
  { kind, firstIndex }: ImportChunk,
  outcomes: readonly ItemOutcome[],
): ImportTotals {
  const invalid = outcomes.flatMap((outcome, index): InvalidItem[] =>
    typeof outcome === 'string' ? [] : [{ kind, index: firstIndex + index, ...outcome }],
  );
  return {
    accepted: outcomes.filter((outcome) => outcome === 'accepted').length,
    older: outcomes.filter((outcome) => outcome === 'older').length,
    invalidCount: invalid.length,
    invalid: invalid.slice(0, SHOWN),
  };
}

const withId = z.object({ id: hostId });
const member = z.object({
  id: hostId,
  email: z.string().trim().max(254).pipe(z.email('must be an e-mail address')),
  name: z.string().trim().min(1).max(200).nullable().default(null),
});

async function take(
  deps: Deps,
  kind: ImportKind,
  item: unknown,
  saidAt: number,
): Promise<ItemOutcome> {
  const named = withId.safeParse(item);
  if (!named.success) return malformed(null, faultsOf(named.error));
  const { id } = named.data;
  switch (kind) {
    case 'members':
      return takeMember(deps, id, item, saidAt);
    case 'memberships': {
      const { snapshot, fault } = readMembership(item);
      return snapshot === null
        ? malformed(id, fault)
        : takeSource(deps, { kind: 'membership', id, snapshot });
    }
    case 'bookings': {
      const { snapshot, fault } = readBooking(item);
      return snapshot === null
        ? malformed(id, fault)
        : takeSource(deps, { kind: 'booking', id, snapshot });
    }
  }
}

async function takeSource(deps: Deps, offered: OfferedSource): Promise<ItemOutcome> {
  const offer = await offerSource(deps, offered);
  switch (offer.outcome) {
    case 'sent':
    case 'known':
      return 'accepted';
    case 'older':
      return 'older';
    case 'reused': {
      const message = 'this version is known with other content; send a higher one.';
      return { id: offered.id, errors: [{ code: 'version_reused', message }] };
    }
    case 'faulty':
      return {
        id: offered.id,
        errors: offer.faults.map(({ code, message }) => ({ code, message })),
      };
  }
}

async function takeMember(
  deps: Deps,
  id: string,
  item: unknown,
  saidAt: number,
): Promise<ItemOutcome> {
  const read = member.safeParse(item);
  if (!read.success) return malformed(id, faultsOf(read.error));
  const refused = (code: string, message: string): ItemOutcome => ({
    id,
    errors: [{ code, message }],
  });
  try {
    const saved = await saveMemberAsOf(deps, read.data, saidAt);
    return saved === null ? 'older' : 'accepted';
  } catch (error) {
    if (error instanceof DuplicateKey) {
      return refused('email_taken', 'another member has this e-mail address.');
    }
    if (error instanceof BeingErased) {
      return refused(
        'member_being_erased',
        'the member is being erased; send it again afterwards.',
      );
    }
    throw error;
  }
}

function malformed(id: string | null, message: string): ItemOutcome {
  return { id, errors: [{ code: 'malformed', message }] };
}

function faultsOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
}
