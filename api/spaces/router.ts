import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found, given, listed, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentSpace } from './present';
import { getSpace, listSpaces, putSpace } from './schema';

export function spacesRouter({ store }: ApiDeps): Router {
  const router = Router();

  router.put(
    putSpace.path,
    requireScopes(putSpace),
    validate(putSpace),
    answer(putSpace, async ({ params, body }) => {
      if ((await store.locations.get(body.locationId)) === null) {
        throw new ApiProblem('location_unknown', {
          detail: `No location has the id ${body.locationId}.`,
        });
      }
      const space = await store.spaces.upsert({ id: params.id, ...body });
      return ok(presentSpace(space));
    }),
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
    answer(listSpaces, ({ query: { locationId, ...query } }) =>
      listed((page) => store.spaces.list(given({ locationId }), page), query, presentSpace),
    ),
  );

  return router;
}
