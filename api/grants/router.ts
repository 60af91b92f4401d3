import { Router } from 'express';
import { seenDoors } from '../../src/access/visible-places';
import type { MessageMeta } from '../../src/contracts/grant-messages';
import type { CommandAnswer } from '../../src/temporal/grant-commands';
import type { Actor, Grant } from '../../src/domain/grant';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { accepted, created, found, given, listed, ok } from '../http/outcomes';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { acceptGrant } from './accept';
import { commandGrant } from './commands';
import { presentGrant } from './present';
import {
  changeGrant,
  createGrant,
  getGrant,
  listGrants,
  listMemberGrants,
  restoreGrant,
  retryGrant,
  revokeGrant,
} from './schema';

type Presented = ReturnType<typeof presentGrant>;

export function grantsRouter(deps: ApiDeps): Router {
  const { store, clock, grants } = deps;
  const router = Router();
  const present = (grant: Grant): Presented => presentGrant(grant, clock.now());
  const addressOf = (id: string): string => `/v1/grants/${id}`;

  /** 200 when the change has reached Kisi, else 202. */
  const command = async (
    id: string,
    send: () => Promise<CommandAnswer>,
  ): Promise<ReturnType<typeof ok<Presented>> | ReturnType<typeof accepted<Presented>>> => {
    const { grant, settled } = await commandGrant(store, id, send);
    return settled ? ok(present(grant)) : accepted(present(grant), addressOf(id));
  };

  router.post(
    createGrant.path,
    requireScopes(createGrant),
    validate(createGrant),
    idempotent(createGrant, store.idempotency),
    answer(createGrant, async ({ params, body, by, resourceId, arrivedAt }) => {
      const request = { memberId: params.id, ...body };
      const grant = await acceptGrant(deps, request, `grt_${resourceId}`, by, arrivedAt);
      return grant.settled
        ? created(present(grant), addressOf(grant.id))
        : accepted(present(grant), addressOf(grant.id));
    }),
  );

  router.get(
    listMemberGrants.path,
    requireScopes(listMemberGrants),
    validate(listMemberGrants),
    answer(listMemberGrants, async ({ params: { id }, query, caller }) => {
      const now = clock.now();
      const filter = { memberId: id, ...(await seenDoors(store, caller.locationIds)) };
      const page = await listed(
        (request) => store.grants.list(filter, request, now),
        query,
        present,
      );
      // Whoever has grants exists: only an empty page leaves that open.
      if (page.body.data.length === 0) found(await store.members.get(id), 'member_not_found', id);
      return page;
    }),
  );

  router.get(
    listGrants.path,
    requireScopes(listGrants),
    validate(listGrants),
    answer(listGrants, async ({ query: { limit, cursor, ...asked }, caller }) => {
      const now = clock.now();
      const filter = { ...given(asked), ...(await seenDoors(store, caller.locationIds)) };
      return listed((page) => store.grants.list(filter, page, now), { limit, cursor }, present);
    }),
  );

  router.get(
    getGrant.path,
    requireScopes(getGrant),
    validate(getGrant),
    answer(getGrant, async ({ params: { id } }) =>
      ok(present(found(await store.grants.get(id), 'grant_not_found', id))),
    ),
  );

  router.patch(
    changeGrant.path,
    requireScopes(changeGrant),
    validate(changeGrant),
    answer(changeGrant, ({ params: { id }, body: { reason, ...window }, by, resourceId }) =>
      command(id, () => grants.changeWindow(id, given(window), meta(resourceId, by, reason))),
    ),
  );

  router.post(
    revokeGrant.path,
    requireScopes(revokeGrant),
    validate(revokeGrant),
    idempotent(revokeGrant, store.idempotency),
    answer(revokeGrant, ({ params: { id }, body: { reason }, by, resourceId }) =>
      command(id, () => grants.revoke(id, meta(resourceId, by, reason))),
    ),
  );

  router.post(
    restoreGrant.path,
    requireScopes(restoreGrant),
    validate(restoreGrant),
    idempotent(restoreGrant, store.idempotency),
    answer(restoreGrant, ({ params: { id }, body: { reason }, by, resourceId }) =>
      command(id, () => grants.restore(id, meta(resourceId, by, reason))),
    ),
  );

  router.post(
    retryGrant.path,
    requireScopes(retryGrant),
    validate(retryGrant),
    idempotent(retryGrant, store.idempotency),
    answer(retryGrant, ({ params: { id }, body: { reason }, by, resourceId }) =>
      command(id, () => grants.retryNow(id, meta(resourceId, by, reason))),
    ),
  );

  return router;
}

/** The request's id makes a repetition under one `Idempotency-Key` the same message to the workflow. */
function meta(requestId: string, by: Actor, reason: string | undefined): MessageMeta {
  return { requestId, by, ...given({ reason }) };
}
