import { Router } from 'express';
import type { ApiKey, ApiKeyStore } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { created, found, listed, NO_CONTENT, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentApiKey } from './present';
import { createApiKey, deleteApiKey, getApiKey, listApiKeys } from './schema';

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

  router.delete(
    deleteApiKey.path,
    requireScopes(deleteApiKey),
    validate(deleteApiKey),
    answer(deleteApiKey, async ({ params: { id } }) => {
      const key = found(await store.apiKeys.get(id), 'api_key_not_found', id);
      if (isAdmin(key) && !(await anotherAdminExists(store.apiKeys, id))) {
        throw new ApiProblem('last_admin_key');
      }
      await store.apiKeys.revoke(id);
      return NO_CONTENT;
    }),
  );

  return router;
}

function isAdmin(key: ApiKey): boolean {
  return key.revokedAt === null && key.scopes.includes('admin');
}

/**
 * Two deletions at the same instant could still remove the last two; `ADMIN_API_KEY` brings a way in
 * back then.
 */
async function anotherAdminExists(apiKeys: ApiKeyStore, id: string): Promise<boolean> {
  let cursor: string | null = null;
  do {
    const page = await apiKeys.list({ cursor, limit: 200 });
    if (page.data.some((key) => key.id !== id && isAdmin(key))) return true;
    cursor = page.nextCursor;
  } while (cursor !== null);
  return false;
}
