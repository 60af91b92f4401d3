import { Router } from 'express';
import { seenIntegrations } from '../../src/access/visible-places';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { given, ok, readPage } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentAlert } from './present';
import { listAlerts } from './schema';

export function alertsRouter({ store }: ApiDeps): Router {
  const router = Router();

  router.get(
    listAlerts.path,
    requireScopes(listAlerts),
    validate(listAlerts),
    answer(listAlerts, async ({ query: { limit, cursor, ...asked }, caller }) => {
      const filter = { ...given(asked), ...(await seenIntegrations(store, caller.locationIds)) };
      const { data, nextCursor } = await readPage((page) => store.alerts.list(filter, page), {
        limit,
        cursor,
      });
      const noticeIds = [...new Set(data.flatMap((alert) => alert.noticeIds))];
      const notices = await store.notices.of(noticeIds);
      return ok({ data: data.map((alert) => presentAlert(alert, notices)), nextCursor });
    }),
  );

  return router;
}
