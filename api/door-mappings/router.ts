import { Router } from 'express';
import { seenLocations } from '../../src/access/visible-places';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { inputOf } from '../http/context';
import { accepted, created, found, given, listed, ok } from '../http/outcomes';
import { presentJob } from '../jobs/present';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentEffect } from '../sources/effect';
import { askedLog, readLog } from './access-logs';
import { changeMapping, deleteMapping, type MappingChange } from './change-mapping';
import { answerCsv } from './csv';
import { mapDoor, tryDoor } from './map-door';
import { presentAccessLogEntry, presentDoorMapping, presentMappingChange } from './present';
import {
  createDoorMapping,
  deleteDoorMapping,
  getDoorMapping,
  listAccessLogs,
  listDoorMappings,
  patchDoorMapping,
  syncDoorMappings,
  testDoorMapping,
} from './schema';
import { syncDoors } from './sync';
import { testDoor } from './test-door';

export function doorMappingsRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();
  router.post(
    createDoorMapping.path,
    requireScopes(createDoorMapping),
    validate(createDoorMapping),
    idempotent(createDoorMapping, store.idempotency),
    answer(createDoorMapping, async ({ body, query: { dryRun }, by, resourceId }) => {
      if (dryRun) return ok(presentEffect(await tryDoor(deps, body, `dm_${resourceId}`, by)));
      const mapping = await mapDoor(deps, body, `dm_${resourceId}`, by);
      return created(presentDoorMapping(mapping), `/v1/door-mappings/${mapping.id}`);
    }),
  );

  router.post(
    syncDoorMappings.path,
    requireScopes(syncDoorMappings),
    validate(syncDoorMappings),
    idempotent(syncDoorMappings, store.idempotency),
    answer(syncDoorMappings, async (call) => {
      const job = await syncDoors(deps, call);
      return job.state === 'running'
        ? accepted(presentJob(job), `/v1/jobs/${job.id}`)
        : ok(presentJob(job));
    }),
  );

  router.get(
    getDoorMapping.path,
    requireScopes(getDoorMapping),
    validate(getDoorMapping),
    answer(getDoorMapping, async ({ params: { id } }) =>
      ok(presentDoorMapping(found(await store.doorMappings.get(id), 'door_mapping_not_found', id))),
    ),
  );

  router.get(
    listDoorMappings.path,
    requireScopes(listDoorMappings),
    validate(listDoorMappings),
    answer(listDoorMappings, ({ query: { limit, cursor, ...asked }, caller }) => {
      const filter = { ...given(asked), ...seenLocations(caller.locationIds) };
      return listed(
        (page) => store.doorMappings.list(filter, page),
        { limit, cursor },
        presentDoorMapping,
      );
    }),
  );

  router.patch(
    patchDoorMapping.path,
    requireScopes(patchDoorMapping),
    validate(patchDoorMapping),
    answer(patchDoorMapping, async ({ params: { id }, query: { dryRun }, body, by }) =>
      changeAnswer(await changeMapping(deps, id, body, { dryRun, by })),
    ),
  );

  router.delete(
    deleteDoorMapping.path,
    requireScopes(deleteDoorMapping),
    validate(deleteDoorMapping),
    answer(deleteDoorMapping, async ({ params: { id }, query: { dryRun }, by }) =>
      changeAnswer(await deleteMapping(deps, id, { dryRun, by })),
    ),
  );

  router.post(
    testDoorMapping.path,
    requireScopes(testDoorMapping),
    validate(testDoorMapping),
    idempotent(testDoorMapping, store.idempotency),
    answer(testDoorMapping, async ({ params: { id } }) => {
      const mapping = found(await store.doorMappings.get(id), 'door_mapping_not_found', id);
      return ok(await testDoor(deps, mapping));
    }),
  );

  router.get(
    listAccessLogs.path,
    requireScopes(listAccessLogs),
    validate(listAccessLogs),
    async (_req, res, next) => {
      // The log of a deleted mapping can still be read.
      const { id } = inputOf<typeof listAccessLogs>(res).params;
      found(await store.doorMappings.getEvenDeleted(id), 'door_mapping_not_found', id);
      next();
    },
    answerCsv(store),
    answer(listAccessLogs, async ({ params: { id }, query, caller }) => {
      const log = await askedLog(store, id, query, caller);
      return listed((page) => readLog(store, log, page), query, presentAccessLogEntry);
    }),
  );

  return router;
}

type ChangeBody = ReturnType<typeof presentMappingChange>;

function changeAnswer(
  change: MappingChange,
): ReturnType<typeof ok<ChangeBody>> | ReturnType<typeof accepted<ChangeBody>> {
  const body = presentMappingChange(change);
  return change.job === null ? ok(body) : accepted(body, `/v1/jobs/${change.job.id}`);
}
