import { Router } from 'express';
import { timelineOfDoor, timelineOfMember } from '../../src/access/timeline';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found, ok } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentTimeline } from './present';
import { getDoorTimeline, getMemberTimeline, spanOf } from './schema';

export function timelinesRouter(deps: ApiDeps): Router {
  const { store, clock } = deps;
  const router = Router();

  router.get(
    getMemberTimeline.path,
    requireScopes(getMemberTimeline),
    validate(getMemberTimeline),
    answer(getMemberTimeline, async ({ params: { id }, query, caller }) => {
      const member = found(await store.members.get(id), 'member_not_found', id);
      const span = spanOf(query, clock.now());
      const timeline = await timelineOfMember(deps, member, span, caller.locationIds);
      return ok(presentTimeline(timeline));
    }),
  );

  router.get(
    getDoorTimeline.path,
    requireScopes(getDoorTimeline),
    validate(getDoorTimeline),
    answer(getDoorTimeline, async ({ params: { id }, query, caller }) => {
      const mapping = found(await store.doorMappings.get(id), 'door_mapping_not_found', id);
      const span = spanOf(query, clock.now());
      const timeline = await timelineOfDoor(deps, mapping, span, caller.locationIds);
      return ok(presentTimeline(found(timeline, 'door_mapping_not_found', id)));
    }),
  );

  return router;
}
