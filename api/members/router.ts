import { Router } from 'express';
import { DuplicateKey } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found, given, listed, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { lookAnewAfterEmail } from './look-anew';
import { presentMember } from './present';
import { getMember, listMembers, putMember } from './schema';

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

  return router;
}
