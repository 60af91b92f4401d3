import type { AccessLogEntry, Actor, Grant } from './grant';
import { acceptedGrant } from './grant-life';

/** How the id of what stands in the place of an unlock's grant begins. */
export const STAND_IN = 'unlock_';
/** How the id of somebody at Kisi begins who is no member. No id of the host may have a colon. */
const STRANGER = 'kisi:';
/**
 * The ids of strangers. In older rows they begin with `kisi_`, as that of a member may: there it is a
 * stranger's only where no member has it.
 */
export const STRANGERS = /^kisi(:|_[a-z_]+_([0-9]+|unknown)$)/;

/** In the place of the id of a member: whom Kisi knows and we do not. `id`: `null` where nobody is known. */
export function strangerId(type: string, id: number | null): string {
  return `${STRANGER}${type.toLowerCase()}_${id === null ? 'unknown' : String(id)}`;
}

/**
 * The member's id; `null`: somebody at Kisi who is none.
 *
 * @param isKnown whether there is a member of this id
 */
export function memberIdOf({ memberId }: Pick<Grant, 'memberId'>, isKnown: boolean): string | null {
  return !isKnown && STRANGERS.test(memberId) ? null : memberId;
}

/**
 * What a log row holds in the place of a grant where none is behind an unlock. It gives no access, and
 * is shown to nobody.
 *
 * @param at ms, UTC
 */
export function standInGrant(
  { eventId, memberId, doorMappingId }: Record<'eventId' | 'memberId' | 'doorMappingId', string>,
  at: number,
  by: Actor,
): Grant {
  const accepted = {
    id: `${STAND_IN}${eventId}`,
    memberId,
    doorMappingId,
    source: 'manual' as const,
    sourceId: null,
    startsAt: at,
    endsAt: at,
    reason: null,
  };
  return {
    ...acceptedGrant(accepted, at, by),
    stops: ['admin'],
    provisioning: 'removed',
    settled: true,
    recordNumber: at,
  };
}

/** The grant of a log row; `null`: none is behind it. */
export function grantBehind({ action, grant }: AccessLogEntry): Grant | null {
  return action === 'unlock' && grant.id.startsWith(STAND_IN) ? null : grant;
}
