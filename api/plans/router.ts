import { Router } from 'express';
import { effectOf } from '../../src/access/mapping-effect';
import { seenDoors } from '../../src/access/visible-places';
import type { Actor } from '../../src/domain/grant';
import type { DoorMapping, Plan } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { accepted, found, given, listed, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';
import { presentJob } from '../jobs/present';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentEffect } from '../sources/effect';
import { presentDoorAccess, presentPlan } from './present';
import {
  addDoorAccess,
  getPlan,
  listDoorAccess,
  listPlans,
  putPlan,
  removeDoorAccess,
} from './schema';

type JobAnswer = ReturnType<typeof accepted<ReturnType<typeof presentJob>>>;

export function plansRouter(deps: ApiDeps): Router {
  const { store, clock, sourceEvents } = deps;
  const router = Router();
  const planOf = async (id: string): Promise<Plan> =>
    found(await store.plans.get(id), 'plan_not_found', id);

  /** Who would gain and lose if the plan listed these doors. */
  const tryOut = async (
    planId: string,
    doorMappingIds: readonly string[],
  ): Promise<ReturnType<typeof ok<ReturnType<typeof presentEffect>>>> =>
    ok(presentEffect(await effectOf(store, { kind: 'plan', planId, doorMappingIds }, clock.now())));
  /**
   * Has the memberships follow, also where the plan was so before: an earlier attempt may have
   * stored the change and died before it told anybody.
   */
  const follow = async (changed: Plan | null, planId: string, by: Actor): Promise<JobAnswer> => {
    const plan = found(changed, 'plan_not_found', planId);
    const job = await reachTemporal(() => sourceEvents.changed({ kind: 'plan', planId }, by));
    await store.plans.markTold(plan);
    return accepted(presentJob(job), `/v1/jobs/${job.id}`);
  };

  router.put(
    putPlan.path,
    requireScopes(putPlan),
    validate(putPlan),
    answer(putPlan, async ({ params: { id }, body }) =>
      ok(presentPlan(await store.plans.upsert({ id, ...body }))),
    ),
  );

  router.get(
    getPlan.path,
    requireScopes(getPlan),
    validate(getPlan),
    answer(getPlan, async ({ params: { id }, caller }) => {
      const plan = await planOf(id);
      return ok(presentPlan(plan, await seenDoors(store, caller.locationIds)));
    }),
  );

  router.get(
    listPlans.path,
    requireScopes(listPlans),
    validate(listPlans),
    answer(listPlans, async ({ query: { doorMappingId, ...query }, caller }) => {
      const seen = await seenDoors(store, caller.locationIds);
      return listed(
        (page) => store.plans.list(given({ doorMappingId }), page),
        query,
        (plan) => presentPlan(plan, seen),
      );
    }),
  );

  router.get(
    listDoorAccess.path,
    requireScopes(listDoorAccess),
    validate(listDoorAccess),
    answer(listDoorAccess, async ({ params: { id }, caller }) => {
      const seen = await seenDoors(store, caller.locationIds);
      const { doorMappingIds } = presentPlan(await planOf(id), seen);
      const mappings = await store.doorMappings.getMany(doorMappingIds);
      const inOrder = doorMappingIds.flatMap((mappingId) =>
        mappings.filter((mapping) => mapping.id === mappingId),
      );
      return ok({ data: inOrder.map(presentDoorAccess), nextCursor: null });
    }),
  );

  router.post(
    addDoorAccess.path,
    requireScopes(addDoorAccess),
    validate(addDoorAccess),
    idempotent(addDoorAccess, store.idempotency),
    answer(addDoorAccess, async ({ params: { id }, query: { dryRun }, body, by }) => {
      const { doorMappingIds } = await planOf(id);
      const { doorMappingId } = body;
      requireAssigned(await store.doorMappings.get(doorMappingId), doorMappingId);
      if (dryRun) return tryOut(id, [...new Set([...doorMappingIds, doorMappingId])]);
      return follow(await store.plans.addDoor(id, doorMappingId), id, by);
    }),
  );

  router.delete(
    removeDoorAccess.path,
    requireScopes(removeDoorAccess),
    validate(removeDoorAccess),
    answer(removeDoorAccess, async ({ params: { id, doorMappingId }, query: { dryRun }, by }) => {
      const { doorMappingIds } = await planOf(id);
      if (dryRun) {
        return tryOut(
          id,
          doorMappingIds.filter((listedId) => listedId !== doorMappingId),
        );
      }
      return follow(await store.plans.removeDoor(id, doorMappingId), id, by);
    }),
  );

  return router;
}

/** @throws ApiProblem unless a plan may list the mapping */
function requireAssigned(mapping: DoorMapping | null, id: string): void {
  const path = 'body.doorMappingId';
  if (mapping === null) {
    const message = `no door mapping has the id ${id}.`;
    throw new ApiProblem('door_mapping_unknown', {
      errors: [{ path, message, code: 'door_mapping_unknown' }],
    });
  }
  if (mapping.locationId === null) {
    const message = 'has no location: no plan reaches it before an admin has assigned it.';
    throw new ApiProblem('door_mapping_unassigned', {
      errors: [{ path, message, code: 'door_mapping_unassigned' }],
    });
  }
}
