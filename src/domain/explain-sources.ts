import type { ExplainFacts, ExplainedSource } from './explain-facts';
import {
  bad,
  giverOf,
  good,
  step,
  unsure,
  type ExplainCode,
  type ExplainReason,
  type NextStep,
  type Words,
} from './explain-words';
import type { Grant } from './grant';
import { windowOf } from './grant-life';
import { contains, endOf } from './windows';

/** A grant or booking further from the instant than this is no near miss. Ms. */
const NEAR_MS = 24 * 3_600_000;
/** So many near misses of a kind are told. */
const MOST_OF_A_KIND = 3;
/** To a caller who is limited to locations. */
const NOT_SHOWN = 'What the member has at other locations is not shown to you.';

/** The grants whose window holds the instant and that nothing stops. */
export function coveringGrants({ grants, at }: Pick<ExplainFacts, 'grants' | 'at'>): Grant[] {
  return grants.filter((grant) => grant.stops.length === 0 && contains(windowOf(grant), at));
}

/** The same of those that the caller may not see. */
export function hiddenCovering({ hidden, at }: ExplainFacts): Grant[] {
  return hidden === null ? [] : coveringGrants({ grants: hidden.grants, at });
}

/**
 * What gives the member access to the door at the instant; where nothing does, what nearly does, and
 * why it does not.
 */
export function sourceReasons(facts: ExplainFacts, words: Words): ExplainReason[] {
  const covering = coveringGrants(facts);
  if (covering.length > 0) {
    return covering.map((grant) =>
      good('grant', `${giverOf(grant)} gives access ${words.span(windowOf(grant))}.`),
    );
  }
  if (hiddenCovering(facts).length > 0) {
    return [unsure('grant', `A grant at another location is for this door. ${NOT_SHOWN}`, null)];
  }
  const near = nearMisses(facts, words);
  return near.length > 0 ? near : [nothing(facts)];
}

function nearMisses(facts: ExplainFacts, words: Words): ExplainReason[] {
  const stopped = facts.grants.flatMap((grant) => stopReason(facts, grant, words));
  const sources = facts.sources.flatMap((source) => sourceReason(facts, source, words));
  // A grant that its source has taken back says no more than the source itself.
  const told = new Set(facts.sources.map(({ id }) => id));
  const withdrawn = facts.grants.filter(
    ({ stops, sourceId }) => stops.includes('source') && !told.has(sourceId ?? ''),
  );
  const reasons = [
    ...stopped,
    ...sources,
    ...withdrawn.flatMap((grant) => withdrawnReason(facts, grant)),
    ...untimely(facts, words),
  ];
  return mostOfAKind(reasons);
}

function stopReason({ at }: ExplainFacts, grant: Grant, words: Words): ExplainReason[] {
  const isMeant = contains(windowOf(grant), at) && !grant.stops.includes('source');
  if (!isMeant) return [];
  const lift = step('Restore the grant if the member may have access.', {
    call: `POST /v1/grants/${grant.id}/restore`,
  });
  if (grant.stops.includes('admin')) {
    const why = grant.reason === null ? '' : `: ${grant.reason}`;
    return [
      bad(
        'grant_revoked',
        `${giverOf(grant)} was revoked by hand ${words.instant(grant.changedAt)}${why}.`,
        lift,
      ),
    ];
  }
  if (!grant.stops.includes('terminated')) return [];
  return [
    bad(
      'grant_terminated',
      `${giverOf(grant)} has no workflow any more: it was terminated at Temporal.`,
      lift,
    ),
  ];
}

function withdrawnReason({ at }: ExplainFacts, grant: Grant): ExplainReason[] {
  if (!contains(windowOf(grant), at)) return [];
  return [
    bad(
      'source_withdrawn',
      `${giverOf(grant)} gives this access no more: it was deleted, or moved to another place or member.`,
      step('Look in the booking system whether that is meant; if not, send it again.', {
        call: sourceCall('GET', grant.source === 'plan' ? 'membership' : 'booking', grant.sourceId),
      }),
    ),
  ];
}

const STANDING: Readonly<
  Record<ExplainedSource['status'], { code: ExplainCode; says: string; does: string } | null>
> = {
  confirmed: null,
  active: null,
  pending: {
    code: 'booking_pending',
    says: 'is not confirmed yet',
    does: 'Confirm it in the booking system.',
  },
  cancelled: {
    code: 'booking_cancelled',
    says: 'was cancelled',
    does: 'If that is a mistake, confirm it again in the booking system.',
  },
  paused: {
    code: 'membership_paused',
    says: 'is paused',
    does: 'Resume it in the booking system.',
  },
};

function sourceReason(facts: ExplainFacts, source: ExplainedSource, words: Words): ExplainReason[] {
  const { kind, id, status, window, isApplied } = source;
  const name = `${kind === 'booking' ? 'Booking' : 'Membership'} ${id}`;
  const call = sourceCall('PUT', kind, id);
  const isNow = contains({ from: source.startsAt, until: source.endsAt }, facts.at);
  if (window === null) return isNow ? [elsewhere(facts, source, name)] : [];
  if (!contains(window, facts.at)) return [];
  const standing = STANDING[status];
  if (standing) {
    const isOfMembership = kind === 'membership' && status === 'cancelled';
    return [
      bad(
        isOfMembership ? 'membership_cancelled' : standing.code,
        `${name}, which would give access ${words.span(window)}, ${standing.says}.`,
        step(standing.does, { call }),
      ),
    ];
  }
  if (isApplied) return [];
  return [
    bad(
      'source_being_applied',
      `${name} was accepted and its access is being worked out.`,
      step('Ask again in a few seconds; if it stays, look at its state.', {
        call: sourceCall('GET', kind, id),
      }),
    ),
  ];
}

/** It covers the instant, but not this door. */
function elsewhere(
  { door }: ExplainFacts,
  { kind, placeId, status }: ExplainedSource,
  name: string,
): ExplainReason {
  const stands = status === 'confirmed' || status === 'active' ? '' : ` (${status})`;
  const patch = { call: `PATCH /v1/door-mappings/${door.doorMappingId}` };
  if (kind === 'booking') {
    return bad(
      'booking_elsewhere',
      `${name}${stands} is for the space ${placeId}, which this door mapping does not open.`,
      step(
        door.resourceType === 'lock'
          ? `If this is the door of ${placeId}, assign the door mapping to it; else the member is at the wrong door.`
          : `If this group is for the location of ${placeId}, assign the door mapping to it; else the member is at the wrong door.`,
        patch,
      ),
    );
  }
  return bad(
    'membership_of_other_doors',
    `${name}${stands} is of the plan ${placeId}, whose door access does not include this door.`,
    step('If the plan is to open this door, add it to its door access.', {
      call: `POST /v1/plans/${placeId}/door-access`,
    }),
  );
}

/** Over an hour ago, or not begun. */
function untimely({ grants, at, door, member }: ExplainFacts, words: Words): ExplainReason[] {
  const alive = grants.filter(({ stops }) => stops.length === 0);
  const later = alive
    .filter(({ startsAt }) => startsAt > at)
    .sort((a, b) => a.startsAt - b.startsAt)
    .slice(0, 1);
  const ended = alive
    .filter((grant) => endOf(windowOf(grant)) <= at)
    .filter((grant) => at - endOf(windowOf(grant)) <= NEAR_MS)
    .sort((a, b) => (b.endsAt ?? 0) - (a.endsAt ?? 0))
    .slice(0, 1);
  return [
    ...later.map((grant) =>
      bad(
        'grant_starts_later',
        `${giverOf(grant)} gives access only ${words.span(windowOf(grant))}.`,
        grant.source === 'manual'
          ? step('Let the grant begin earlier if the member may have access now.', {
              call: `PATCH /v1/grants/${grant.id}`,
            })
          : step('Move its start in the booking system, or give early minutes to the place.', {
              call: sourceCall(
                'PUT',
                grant.source === 'plan' ? 'membership' : 'booking',
                grant.sourceId,
              ),
            }),
      ),
    ),
    ...ended.map((grant) =>
      bad(
        'grant_ended',
        `${giverOf(grant)} gave access ${words.span(windowOf(grant))}, which is over.`,
        step(
          grant.source === 'manual'
            ? `Give the member another grant for "${door.name}".`
            : 'Extend it in the booking system, or give the member a grant by hand.',
          { call: `POST /v1/members/${member.id}/grants` },
        ),
      ),
    ),
  ];
}

function nothing(facts: ExplainFacts): ExplainReason {
  if (facts.basis === 'recorded') {
    return bad(
      'no_grant',
      'As recorded, nothing gave the member access to this door then.',
      logStep(facts),
    );
  }
  const none = 'No booking, membership or grant gives the member access to this door.';
  return bad(
    'no_grant',
    facts.hidden === null ? none : `${none} ${NOT_SHOWN}`,
    step('Make the booking or membership that is missing, or give a grant by hand.', {
      call: `POST /v1/members/${facts.member.id}/grants`,
    }),
  );
}

/** Where all that happened to the member at the door can be read. */
export function logStep({ door, member }: ExplainFacts): NextStep {
  return step('See the access log of the door.', {
    call: `GET /v1/door-mappings/${door.doorMappingId}/access-logs?memberId=${member.id}`,
  });
}

function sourceCall(method: 'GET' | 'PUT', kind: 'booking' | 'membership', id: string | null) {
  return `${method} /v1/${kind}s/${id ?? ''}`;
}

function mostOfAKind(reasons: readonly ExplainReason[]): ExplainReason[] {
  const seen = new Map<ExplainCode, number>();
  return reasons.filter(({ code }) => {
    const count = (seen.get(code) ?? 0) + 1;
    seen.set(code, count);
    return count <= MOST_OF_A_KIND;
  });
}

/** A mapping without a place is no hindrance to what was granted by hand. */
export function demoteUnassigned(reasons: ExplainReason[], isCovered: boolean): ExplainReason[] {
  return reasons.map((reason) =>
    isCovered && reason.code === 'mapping_unassigned'
      ? unsure(reason.code, reason.text, reason.nextStep)
      : reason,
  );
}
