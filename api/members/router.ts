import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { accepted, found, given, listed, ok } from '../http/outcomes';
import { presentJob } from '../jobs/present';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { eraseMember } from './erase';
import { presentMember } from './present';
import { saveMember } from './save';
import { deleteMember, getMember, listMembers, putMember } from './schema';

export function membersRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  router.put(
    putMember.path,
    requireScopes(putMember),
    validate(putMember),
    answer(putMember, async ({ params, body }) =>
      ok(presentMember(await saveMember(deps, { id: params.id, ...body }))),
    ),
  );

  router.get(
    getMember.path,
    requireScopes(getMember),
    validate(getMember),
    answer(getMember, async ({ params: { id } }) =>
      ok(presentMember(found(await store.members.get(id), 'member_not_found', id))),
    ),
  );

  router.get(
    listMembers.path,
    requireScopes(listMembers),
    validate(listMembers),
    answer(listMembers, ({ query: { search, ...query } }) =>
      listed((page) => store.members.list(given({ search }), page), query, presentMember),
    ),
  );

  router.delete(
    deleteMember.path,
    requireScopes(deleteMember),
    validate(deleteMember),
    answer(deleteMember, async (call) => {
      const job = await eraseMember(deps, call);
      return accepted(presentJob(job), `/v1/jobs/${job.id}`);
    }),
  );

  return router;
}
