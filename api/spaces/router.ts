import { Router } from 'express';
import { seenLocations } from '../../src/access/visible-places';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found, given, listed, ok } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { saveSpace } from '../places/save-space';
import { presentSpace } from './present';
import { getSpace, listSpaces, putSpace } from './schema';

export function spacesRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  router.put(
    putSpace.path,
    requireScopes(putSpace),
    validate(putSpace),
    answer(putSpace, async ({ params: { id }, body, by }) =>
      ok(presentSpace(await saveSpace(deps, { id, ...body }, by))),
    ),
  );

  router.get(
    getSpace.path,
    requireScopes(getSpace),
    validate(getSpace),
    answer(getSpace, async ({ params: { id } }) =>
      ok(presentSpace(found(await store.spaces.get(id), 'space_not_found', id))),
    ),
  );

  router.get(
    listSpaces.path,
    requireScopes(listSpaces),
    validate(listSpaces),
    answer(listSpaces, ({ query: { locationId, ...query }, caller }) => {
      const filter = { ...given({ locationId }), ...seenLocations(caller.locationIds) };
      return listed((page) => store.spaces.list(filter, page), query, presentSpace);
    }),
  );

  return router;
}
