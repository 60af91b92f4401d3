import type { z } from 'zod';
import type { DoorForMember, MyKeysView } from '../../src/access/my-keys';
import type { UnlockResult } from '../../src/access/unlock';
import type { Grant } from '../../src/domain/grant';
import type { Member } from '../../src/store';
import { troubleInWords } from '../../src/domain/unlock-reasons';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { myKeysOut, unlockMyKey } from './schema';

type MyKeysOut = z.input<typeof myKeysOut>;
type ReasonOut = MyKeysOut['upcoming'][number]['reasons'][number];
type UnlockOut = z.input<(typeof unlockMyKey)['answers'][200]['schema']>;

export function presentMyKeys(
  { id, name }: Pick<Member, 'id' | 'name'>,
  { hold, keys, upcoming, unreadGroups }: MyKeysView,
): MyKeysOut {
  return {
    member: { id, name },
    hold: hold && { reason: hold.reason, since: toIso(hold.since) },
    data: keys.map((key) => ({
      ...presentDoor(key),
      state: key.state,
      attention: key.state === 'attention' ? troubleInWords(key.problem?.type ?? null) : null,
      until: toIsoOrNull(key.until),
      reasons: key.reasons.map(presentReason),
    })),
    upcoming: upcoming.map((key) => ({
      ...presentDoor(key),
      startsAt: toIso(key.from),
      until: toIsoOrNull(key.until),
      reasons: key.reasons.map(presentReason),
    })),
    unreadGroups,
  };
}

export function presentUnlock({ at, ...result }: UnlockResult): UnlockOut {
  return { ...result, at: toIso(at) };
}

function presentDoor({
  lockId,
  name,
  location,
}: DoorForMember): Omit<DoorForMember, 'organizationId'> {
  return { lockId, name, location };
}

function presentReason({ id, source, sourceId, startsAt, endsAt }: Grant): ReasonOut {
  return {
    grantId: id,
    source,
    sourceId,
    startsAt: toIso(startsAt),
    endsAt: toIsoOrNull(endsAt),
  };
}
