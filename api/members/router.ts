import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { accepted, found, given, listed, ok } from '../http/outcomes';
import { presentJob } from '../jobs/present';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import type { Call } from '../http/operation';
import { eraseMember } from './erase';
import { changeHold, readHold } from './hold';
import { deleteMemberHold, getMemberHold, putMemberHold } from './hold-schema';
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
    answer(listMembers, ({ query: { search, ids, ...query } }) =>
      listed((page) => store.members.list(given({ search, ids }), page), query, presentMember),
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

  router.get(
    getMemberHold.path,
    requireScopes(getMemberHold),
    validate(getMemberHold),
    answer(getMemberHold, async ({ params }) => ok(await readHold(deps, params.id))),
  );

  const changeOf = (
    call: Pick<Call<typeof deleteMemberHold>, 'params' | 'by' | 'arrivedAt' | 'resourceId'>,
  ): Parameters<typeof changeHold>[1] => ({
    memberId: call.params.id,
    jobId: `job_${call.resourceId}`,
    by: call.by,
    arrivedAt: call.arrivedAt,
  });

  router.put(
    putMemberHold.path,
    requireScopes(putMemberHold),
    validate(putMemberHold),
    answer(putMemberHold, (call) => {
      const { params, body, by } = call;
      return changeHold(deps, changeOf(call), (jobId) =>
        store.members.setHold(params.id, { reason: body.reason, by }, jobId),
      );
    }),
  );

  router.delete(
    deleteMemberHold.path,
    requireScopes(deleteMemberHold),
    validate(deleteMemberHold),
    answer(deleteMemberHold, (call) =>
      changeHold(deps, changeOf(call), (jobId) => store.members.clearHold(call.params.id, jobId)),
    ),
  );

  return router;
}
