import { Router } from 'express';
import { BeingErased, DuplicateKey } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { accepted, found, given, listed, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { presentJob } from '../jobs/present';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { eraseMember } from './erase';
import { lookAnewAfterEmail } from './look-anew';
import { presentMember } from './present';
import { deleteMember, getMember, listMembers, putMember } from './schema';

export function membersRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  router.put(
    putMember.path,
    requireScopes(putMember),
    validate(putMember),
    answer(putMember, async ({ params, body }) => {
      try {
        const before = await store.members.get(params.id);
        const member = await store.members.upsert({ id: params.id, ...body });
        await lookAnewAfterEmail(deps, before, member);
        return ok(presentMember(member));
      } catch (error) {
        if (error instanceof BeingErased) {
          throw new ApiProblem('member_being_erased', { cause: error });
        }
        if (!(error instanceof DuplicateKey)) throw error;
        throw new ApiProblem('email_taken', { cause: error });
      }
    }),
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
