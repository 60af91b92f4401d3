import { Router } from 'express';
import { eachItem, type ApiKey, type ApiKeyStore, type Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { created, found, given, listed, NO_CONTENT, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentApiKey } from './present';
import { createApiKey, deleteApiKey, getApiKey, listApiKeys, patchApiKey } from './schema';

export function apiKeysRouter({ store }: ApiDeps): Router {
  const router = Router();

  router.post(
    createApiKey.path,
    requireScopes(createApiKey),
    validate(createApiKey),
    idempotent(createApiKey, store.idempotency),
    // The store chooses the id: an attempt that died half-way leaves a key whose secret nobody has
    // ever seen, and a repetition makes another. That is harmless, so no id is handed down here.
    answer(createApiKey, async ({ body, by }) => {
      await requireLocations(store, body.locationIds);
      const { key, secret } = await store.apiKeys.create({ ...body, createdBy: by });
      return created({ ...presentApiKey(key), secret }, `/v1/api-keys/${key.id}`);
    }),
  );

  router.get(
    getApiKey.path,
    requireScopes(getApiKey),
    validate(getApiKey),
    answer(getApiKey, async ({ params: { id } }) =>
      ok(presentApiKey(found(await store.apiKeys.get(id), 'api_key_not_found', id))),
    ),
  );

  router.get(
    listApiKeys.path,
    requireScopes(listApiKeys),
    validate(listApiKeys),
    answer(listApiKeys, ({ query }) =>
      listed((page) => store.apiKeys.list(page), query, presentApiKey),
    ),
  );

  router.patch(
    patchApiKey.path,
    requireScopes(patchApiKey),
    validate(patchApiKey),
    answer(patchApiKey, async ({ params: { id }, body }) => {
      const key = found(await store.apiKeys.get(id), 'api_key_not_found', id);
      if (key.revokedAt !== null) throw new ApiProblem('api_key_deleted');
      await requireLocations(store, body.locationIds ?? null);
      if (!isAdmin({ ...key, ...given(body) })) await requireAnotherAdmin(store.apiKeys, key);
      return ok(
        presentApiKey(found(await store.apiKeys.update(id, given(body)), 'api_key_not_found', id)),
      );
    }),
  );

  router.delete(
    deleteApiKey.path,
    requireScopes(deleteApiKey),
    validate(deleteApiKey),
    answer(deleteApiKey, async ({ params: { id } }) => {
      const key = found(await store.apiKeys.get(id), 'api_key_not_found', id);
      await requireAnotherAdmin(store.apiKeys, key);
      await store.apiKeys.revoke(id);
      return NO_CONTENT;
    }),
  );

  return router;
}

function isAdmin(key: ApiKey): boolean {
  return key.revokedAt === null && key.scopes.includes('admin') && key.locationIds === null;
}

/** A misspelt location would leave a key that sees less than was meant. */
async function requireLocations(
  { locations }: Pick<Store, 'locations'>,
  ids: readonly string[] | null,
): Promise<void> {
  if (ids === null) return;
  const known = new Set((await locations.getMany(ids)).map(({ id }) => id));
  const errors = ids.flatMap((id, index) =>
    known.has(id)
      ? []
      : [
          {
            path: `body.locationIds.${String(index)}`,
            message: `no location has the id ${id}.`,
            code: 'location_unknown',
          },
        ],
  );
  if (errors.length > 0) throw new ApiProblem('location_unknown', { errors });
}

/** Refuses to take away the only key that can make others. */
async function requireAnotherAdmin(apiKeys: ApiKeyStore, key: ApiKey): Promise<void> {
  if (isAdmin(key) && !(await anotherAdminExists(apiKeys, key.id))) {
    throw new ApiProblem('last_admin_key');
  }
}

/**
 * Two requests at the same instant could still take away the last two; `ADMIN_API_KEY` brings a way
 * in back then.
 */
async function anotherAdminExists(apiKeys: ApiKeyStore, id: string): Promise<boolean> {
  for await (const key of eachItem((page) => apiKeys.list(page))) {
    if (key.id !== id && isAdmin(key)) return true;
  }
  return false;
}
