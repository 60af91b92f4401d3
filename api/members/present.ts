import type { z } from 'zod';
import type { Member } from '../../src/store';
import { toIso } from '../schemas/common';
import type { memberOut } from './schema';

export function presentMember(member: Member): z.input<typeof memberOut> {
  return {
    id: member.id,
    email: member.email,
    name: member.name,
    hold: member.hold && {
      reason: member.hold.reason,
      since: toIso(member.hold.since),
      by: member.hold.by,
    },
    createdAt: toIso(member.createdAt),
    updatedAt: toIso(member.updatedAt),
  };
}
