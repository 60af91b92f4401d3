import { Router } from 'express';
import { NotConnected } from '../../src/access/kisi-connections';
import { readMyKeys } from '../../src/access/my-keys';
import { TapRefused, unlockDoor, type Tap, type UnlockResult } from '../../src/access/unlock';
import type { Member } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import type { Caller } from '../http/operation';
import { ok } from '../http/outcomes';
import { ApiProblem, type ProblemCode } from '../http/problems';
import { idempotent } from '../middleware/idempotent';
import { limitUnlocks } from '../middleware/rate-limit';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentMyKeys, presentUnlock } from './present';
import { listMyKeys, unlockMyKey } from './schema';

/** What a member does with a token of their own; whose it is comes from nowhere else. */
export function myRouter(deps: ApiDeps, limits: { unlocksPerMinute: number }): Router {
  const { store, clock } = deps;
  const router = Router();

  router.get(
    listMyKeys.path,
    requireScopes(listMyKeys),
    answer(listMyKeys, async ({ caller }) => {
      const member = memberOf(caller);
      return ok(presentMyKeys(member, await readMyKeys(store, member, clock.now())));
    }),
  );

  router.post(
    unlockMyKey.path,
    requireScopes(unlockMyKey),
    limitUnlocks(limits.unlocksPerMinute),
    validate(unlockMyKey),
    idempotent(unlockMyKey, store.idempotency),
    answer(unlockMyKey, async ({ caller, params: { lockId }, body, resourceId }) => {
      const { location, memberId } = body;
      const member = memberOf(caller);
      if (memberId !== undefined && memberId !== member.id) throw new ApiProblem('another_member');
      const tap = { attemptId: resourceId, member, lockId };
      return ok(presentUnlock(await unlock(deps, { ...tap, ...(location && { location }) })));
    }),
  );

  return router;
}

function memberOf({ member }: Caller): Member {
  if (!member) throw new Error('the route is for members but the caller is none');
  return member;
}

const REFUSALS: Readonly<Record<TapRefused['because'], ProblemCode>> = {
  not_held: 'key_not_held',
  on_hold: 'access_on_hold',
  not_yet: 'key_not_yet',
};

async function unlock(deps: ApiDeps, tap: Tap): Promise<UnlockResult> {
  try {
    return await unlockDoor({ ...deps, log: deps.logger }, tap);
  } catch (error) {
    if (error instanceof TapRefused) {
      throw new ApiProblem(REFUSALS[error.because], { detail: error.detail, cause: error });
    }
    if (error instanceof NotConnected) throw new ApiProblem('key_not_held', { cause: error });
    throw error;
  }
}
