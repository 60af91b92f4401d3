import type { Window } from './grant';
import { endOf, overlaps } from './windows';

/** What becomes of a grant whose access a person deletes at Kisi: given again, or revoked. */
export const KISI_DELETION_MEANINGS = ['repair', 'revoke'] as const;
export type KisiDeletionMeaning = (typeof KISI_DELETION_MEANINGS)[number];

/** What an event of Kisi's says has happened to a role assignment. */
export type RowChange = 'deleted' | 'changed';

/** A role assignment as it is stored. Instants in ms, UTC. */
export interface JudgedRow {
  from: number | null;
  until: number | null;
  /** When its creation was stored. */
  createdAt: number;
}

/** A grant that asks for access. Instants in ms, UTC. */
export interface AskingGrant extends Window {
  grantId: string;
  /** When what it asks for was decided. */
  changedAt: number;
}

/** All that the judgement of one event rests on. Instants in ms, UTC. */
export interface RowEventFacts {
  change: RowChange;
  /** When it happened, by Kisi's clock. */
  at: number;
  now: number;
  /** The row that the event names, as stored; `null`: none of ours, or long gone. */
  row: JudgedRow | null;
  /** The other stored rows of the same pass. */
  others: readonly JudgedRow[];
  /** The actor owns, or owned, this integration's key, and one note of what we sent is this event's. */
  isOurs: boolean;
  /** Its actor is a person (or a key of one), whom Kisi names; else Kisi itself or an app did it. */
  isByPerson: boolean;
  /** Whether we sent a deletion of this row around the time of the event. */
  deletionSent: boolean;
  /** What asks for access through the row's pass, the member's hold considered. */
  asking: readonly AskingGrant[];
  meaning: KisiDeletionMeaning;
}

/**
 * What an event about a role assignment means.
 * - `own`: it tells of what we did ourselves.
 * - `overtaken`: somebody deleted what we were deleting just then.
 * - `unknown`: the row is none that we know (any more).
 * - `unneeded`: nobody asks for what the row gave.
 * - `drift`: somebody else took from these grants what they should have. Ids of those that it revokes,
 *   and of those whose access is repaired.
 */
export type RowEventVerdict =
  | { kind: 'own' | 'overtaken' | 'unknown' | 'unneeded' }
  | { kind: 'drift'; revoked: string[]; repaired: string[] };

/** How far Kisi's clock may be from ours where an event is compared with a grant. */
const CLOCKS_DIFFER_MS = 10_000;

/**
 * Whether an event tells of drift, and what follows. It decides nothing about access except where a
 * person's deletion is to mean a revoke: the pass looks at Kisi itself.
 *
 * The actor alone tells nothing, since the key's owner may delete a row by hand in Kisi's dashboard;
 * nor does a note alone, which tells of one event and not of what the owner does right after it.
 * A row that has a successor already is no revoke: the event is late, and what it tells is mended. Nor
 * does a late event revoke what was decided after the deletion: nobody can have meant that by it.
 */
export function judgeRowEvent(facts: RowEventFacts): RowEventVerdict {
  const { change, row, now } = facts;
  if (facts.isOurs) return { kind: 'own' };
  if (change === 'deleted' && facts.deletionSent) return { kind: 'overtaken' };
  if (row === null) return { kind: 'unknown' };
  const left = { from: Math.max(row.from ?? now, now), until: row.until };
  if (left.from >= endOf(left)) return { kind: 'unneeded' };
  const touched = facts.asking.filter((grant) => overlaps(grant, left));
  if (touched.length === 0) return { kind: 'unneeded' };
  const hasSuccessor = facts.others.some(
    (other) => other.createdAt > row.createdAt && overlaps(other, left),
  );
  const isMeant = facts.meaning === 'revoke' && facts.isByPerson;
  const isRevoke = isMeant && change === 'deleted' && !hasSuccessor;
  // What is older than the row is older than its deletion, whatever Kisi's clock says.
  const decidedBefore = Math.max(row.createdAt, facts.at + CLOCKS_DIFFER_MS);
  const revoked = touched.filter(({ changedAt }) => isRevoke && changedAt <= decidedBefore);
  const repaired = touched.filter((grant) => !revoked.includes(grant));
  return { kind: 'drift', revoked: idsOf(revoked), repaired: idsOf(repaired) };
}

function idsOf(grants: readonly AskingGrant[]): string[] {
  return grants.map(({ grantId }) => grantId);
}
