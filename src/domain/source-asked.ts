import type { PlannedGrant } from './source-grants';

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
