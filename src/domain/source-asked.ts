import type { Grant } from './grant';
import { isOver } from './grant-life';
import type { PlannedGrant } from './source-grants';
import { wholeSecond } from './windows';

/**
 * What a source last asked of one of its grants. It is written down before the grant is told, so
 * that no grant is ever out of its source's sight.
 */
export interface AskedGrant extends PlannedGrant {
  grantId: string;
  /** Where its door leads: when that changes the grant must look anew. `null`: not known. */
  leadsTo: string | null;
  /** Where its door led when the grant was last told; `null`: it was not. */
  toldOf: string | null;
  /** False: the source means this grant no more. */
  wanted: boolean;
  /** Whether the grant has certainly been told. */
  told: boolean;
}

/** A grant that a source means, with its id and where its door leads. */
export type IntendedGrant = PlannedGrant & { grantId: string; leadsTo: string };

/**
 * What a source asks now: what it means, and that all else it ever asked is not meant any more.
 * What stands already keeps `told`, so that nobody is told the same twice.
 *
 * @param standing grants as they are stored. One that the source does not know of, because its own
 *   record was lost, is taken in; one that stands otherwise than asked is told again.
 * @param isNew a version whose grants were not all told yet: then each is told
 */
export function askNow(
  before: readonly AskedGrant[],
  intended: readonly IntendedGrant[],
  standing: readonly Grant[],
  isNew: boolean,
): AskedGrant[] {
  const stored = new Map(standing.map((grant) => [grant.id, grant]));
  const known = new Map(
    [...standing.map(askedOfGrant), ...before].map((one) => [one.grantId, one]),
  );
  const holds = (asked: AskedGrant): boolean => {
    const grant = stored.get(asked.grantId);
    return asked.told && !isNew && (grant === undefined || agrees(asked, grant));
  };

  const wanted = intended.map((grant): AskedGrant => {
    const was = known.get(grant.grantId);
    const asked = { ...grant, toldOf: was?.toldOf ?? null, wanted: true };
    return { ...asked, told: was?.wanted === true && isSame(was, grant) && holds(was) };
  });
  const meant = new Set(intended.map(({ grantId }) => grantId));
  const unwanted = [...known.values()]
    .filter(({ grantId }) => !meant.has(grantId))
    .map((was): AskedGrant => ({ ...was, wanted: false, told: !was.wanted && holds(was) }));
  return [...wanted, ...unwanted];
}

function isSame(was: AskedGrant, grant: IntendedGrant): boolean {
  return (
    was.startsAt === grant.startsAt &&
    was.endsAt === grant.endsAt &&
    was.leadsTo === grant.leadsTo &&
    was.toldOf === grant.leadsTo
  );
}

/** A grant as its source would have asked it, where the source's own record of that is lost. */
function askedOfGrant({ id, memberId, doorMappingId, startsAt, endsAt, stops }: Grant): AskedGrant {
  return {
    grantId: id,
    memberId,
    doorMappingId,
    startsAt,
    endsAt,
    leadsTo: null,
    toldOf: null,
    wanted: !stops.includes('source'),
    told: false,
  };
}

/** Whether the grant has the dates and the stop that its source asked; Kisi may still be behind. */
export function agrees(
  asked: Pick<AskedGrant, 'startsAt' | 'endsAt' | 'wanted'>,
  grant: Grant,
): boolean {
  if (!asked.wanted) return grant.stops.includes('source');
  return (
    !grant.stops.includes('source') &&
    grant.startsAt === wholeSecond(asked.startsAt) &&
    grant.endsAt === (asked.endsAt === null ? null : wholeSecond(asked.endsAt))
  );
}

/**
 * Whether the grant stands as its source last asked, and Kisi with it. A grant that was never started,
 * since its time was over or nobody wanted it any more, stands as it should.
 *
 * @param now ms since the epoch, UTC
 */
export function standsAsAsked(asked: AskedGrant, grant: Grant | null, now: number): boolean {
  const isPast = asked.endsAt !== null && asked.endsAt <= now;
  if (grant === null) return !asked.wanted || isPast;
  if (!asked.wanted && isOver(grant, now)) return grant.settled;
  return grant.settled && agrees(asked, grant);
}
