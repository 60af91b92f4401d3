import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found, listed, ok } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { saveLocation } from '../places/save-location';
import { presentLocation } from './present';
import { getLocation, listLocations, putLocation } from './schema';

export function locationsRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  router.put(
    putLocation.path,
    requireScopes(putLocation),
    validate(putLocation),
    answer(putLocation, async ({ params: { id }, body, by }) =>
      ok(presentLocation(await saveLocation(deps, { id, ...body }, by))),
    ),
  );

  router.get(
    getLocation.path,
    requireScopes(getLocation),
    validate(getLocation),
    answer(getLocation, async ({ params: { id } }) =>
      ok(presentLocation(found(await store.locations.get(id), 'location_not_found', id))),
    ),
  );

  router.get(
    listLocations.path,
    requireScopes(listLocations),
    validate(listLocations),
    answer(listLocations, ({ query, caller: { locationIds } }) =>
      listed(
        (page) => store.locations.list(page, locationIds ?? undefined),
        query,
        presentLocation,
      ),
    ),
  );

  return router;
}
