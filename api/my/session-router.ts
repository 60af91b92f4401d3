import { Router, type RequestHandler } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { contextOf, inputOf, NOBODY } from '../http/context';
import { ApiProblem } from '../http/problems';
import { callerOfMember, countRefusal, memberOfToken } from '../middleware/authenticate-member';
import { refuseOtherSites, requireOwnPage } from '../middleware/own-page';
import { parseJson } from '../middleware/parse-json';
import { validate } from '../middleware/validate';
import { toIso } from '../schemas/common';
import { fitsCookie, forgetMemberCookie, keepMemberCookie, memberCookieOf } from './session-cookie';
import { createMySession, deleteMySession } from './session-schema';

/** Lets the page My Keys keep a member's token in a cookie. Mounted before a token is asked for. */
export function mySessionRouter(deps: ApiDeps, limitRefusals: RequestHandler): Router {
  const router = Router();
  const isHttps = deps.publicUrl?.startsWith('https:') ?? false;

  router.post(
    createMySession.path,
    (req, _res, next) => {
      refuseOtherSites(req);
      next();
    },
    parseJson,
    validate(createMySession),
    async (req, res, next) => {
      const { token } = inputOf<typeof createMySession>(res).body;
      const found = await memberOfToken(deps, token);
      if (found instanceof ApiProblem) {
        // Else whoever loads the page again would see the keys of whoever came before.
        const forgotten = withCookie(found, forgetMemberCookie(isHttps));
        await countRefusal(forgotten, limitRefusals)(req, res, next);
        return;
      }
      const { member, expiresAt } = found;
      contextOf(res).caller = callerOfMember(member);
      await answer(createMySession, () =>
        Promise.resolve({
          status: 201,
          body: { expiresAt: toIso(expiresAt) },
          headers: {
            // A cookie that no browser takes must not leave that of whoever came before.
            'Set-Cookie': fitsCookie(token)
              ? keepMemberCookie(token, expiresAt, isHttps)
              : forgetMemberCookie(isHttps),
          },
        }),
      )(req, res, next);
    },
  );

  router.delete(deleteMySession.path, async (req, res, next) => {
    if (memberCookieOf(req) !== undefined) requireOwnPage(req);
    contextOf(res).caller = NOBODY;
    await answer(deleteMySession, () =>
      Promise.resolve({ status: 204, headers: { 'Set-Cookie': forgetMemberCookie(isHttps) } }),
    )(req, res, next);
  });

  return router;
}

function withCookie({ code, particulars }: ApiProblem, cookie: string): ApiProblem {
  return new ApiProblem(code, {
    ...particulars,
    headers: { ...particulars.headers, 'Set-Cookie': cookie },
  });
}
