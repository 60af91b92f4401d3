import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found } from '../http/outcomes';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { toIso } from '../schemas/common';
import { createPortalSession } from './schema';

export function portalSessionsRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  router.post(
    createPortalSession.path,
    requireScopes(createPortalSession),
    validate(createPortalSession),
    idempotent(createPortalSession, store.idempotency),
    answer(createPortalSession, async ({ params: { id }, log }) => {
      found(await store.members.get(id), 'member_not_found', id);
      const { token, expiresAt } = await deps.memberTokens.issue(id);
      log.info({ memberId: id }, 'opened a portal session');
      const url = deps.portalUrl === undefined ? null : `${deps.portalUrl}#token=${token}`;
      return { status: 201 as const, body: { token, url, expiresAt: toIso(expiresAt) } };
    }),
  );

  return router;
}
