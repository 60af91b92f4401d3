import type { z } from 'zod';
import { actorOf } from '../http/answer';
import type { Caller } from '../http/operation';
import { toIso } from '../schemas/common';
import type { sessionOut } from './schema';

/** @param temporalWebUrl of our namespace, without a slash at its end */
export function presentSession(
  caller: Caller,
  temporalWebUrl: string | undefined,
): z.input<typeof sessionOut> {
  const { name, scopes, locationIds, session } = caller;
  return {
    name,
    actor: actorOf(caller),
    scopes: [...scopes],
    locationIds: locationIds && [...locationIds],
    signedInWith: session?.signedIn.with ?? 'api_key',
    expiresAt: session ? toIso(session.expiresAt) : null,
    temporalWebUrl: temporalWebUrl ?? null,
  };
}
