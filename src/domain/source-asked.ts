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
  /** False: the source means this grant no more. */
  wanted: boolean;
  /** Whether the grant has certainly been told. */
  told: boolean;
}

/**
 * What a source asks now: what it means, and that all else it ever asked is not meant any more.
 * What stands already keeps `told`, so that nobody is told the same twice.
 *
 * @param planned what the source means, each with its grant's id
 */
export function askNow(
  before: readonly AskedGrant[],
  planned: readonly (PlannedGrant & { grantId: string })[],
): AskedGrant[] {
  const known = new Map(before.map((asked) => [asked.grantId, asked]));
  const wanted = planned.map((grant): AskedGrant => {
    const was = known.get(grant.grantId);
    const isSame =
      was?.wanted === true && was.startsAt === grant.startsAt && was.endsAt === grant.endsAt;
    return { ...grant, wanted: true, told: isSame && was.told };
  });
  const meant = new Set(planned.map(({ grantId }) => grantId));
  const unwanted = before
    .filter(({ grantId }) => !meant.has(grantId))
    .map((was): AskedGrant => ({ ...was, wanted: false, told: was.told && !was.wanted }));
  return [...wanted, ...unwanted];
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
  const isStopped = grant.stops.includes('source');
  if (!asked.wanted) return grant.settled && (isStopped || isOver(grant, now));
  const hasDates =
    grant.startsAt === wholeSecond(asked.startsAt) &&
    grant.endsAt === (asked.endsAt === null ? null : wholeSecond(asked.endsAt));
  return grant.settled && !isStopped && hasDates;
}
