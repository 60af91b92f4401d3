import { Router, type Request, type RequestHandler } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { contextOf, inputOf, NOBODY } from '../http/context';
import { created, NO_CONTENT, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { callerOfKey, callerOfSession } from '../middleware/authenticate';
import { refuseOtherSites, requireOwnPage } from '../middleware/own-page';
import { parseJson } from '../middleware/parse-json';
import { limitSignIns } from '../middleware/rate-limit';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { sessionTokenOf, signInCookie, signOutCookie } from './cookie';
import { presentSession } from './present';
import { createSession, deleteSession, getSession } from './schema';

/** Signs browsers in and out. Mounted before credentials are asked for. */
export function signInRouter(
  { store, temporalWebUrl, publicUrl }: ApiDeps,
  limits: { signInsPerMinute: number },
): Router {
  const router = Router();
  const isHttps = publicUrl?.startsWith('https:') ?? false;

  router.post(
    createSession.path,
    before(refuseOtherSites),
    limitSignIns(limits.signInsPerMinute),
    parseJson,
    validate(createSession),
    async (_req, res, next) => {
      const { apiKey } = inputOf<typeof createSession>(res).body;
      const key = await store.apiKeys.verify(apiKey);
      if (key === null) {
        throw new ApiProblem('unauthenticated', {
          detail: 'The API key is unknown or was deleted.',
        });
      }
      contextOf(res).caller = callerOfKey(key);
      next();
    },
    (req, res, next) =>
      answer(createSession, async ({ caller }) => {
        const former = sessionTokenOf(req);
        if (former !== undefined) await store.sessions.end(former);
        const { keyId } = caller;
        const { session, token } = await store.sessions.create({ with: 'api_key', keyId });
        const { headers, ...answered } = created(
          presentSession({ ...caller, session }, temporalWebUrl),
          getSession.path,
        );
        const cookie = signInCookie(token, session.endsAt, isHttps);
        return { ...answered, headers: { ...headers, 'Set-Cookie': cookie } };
      })(req, res, next),
  );

  router.delete(
    deleteSession.path,
    before((req) => {
      if (sessionTokenOf(req) !== undefined) requireOwnPage(req);
    }),
    async (req, res, next) => {
      const token = sessionTokenOf(req);
      const caller = token === undefined ? null : await callerOfSession(store, token);
      contextOf(res).caller = caller ?? NOBODY;
      await answer(deleteSession, async () => {
        if (token !== undefined) await store.sessions.end(token);
        return { ...NO_CONTENT, headers: { 'Set-Cookie': signOutCookie(isHttps) } };
      })(req, res, next);
    },
  );

  return router;
}

/** Tells who is signed in. */
export function sessionRouter({ temporalWebUrl }: ApiDeps): Router {
  const router = Router();
  router.get(
    getSession.path,
    requireScopes(getSession),
    answer(getSession, ({ caller }) => Promise.resolve(ok(presentSession(caller, temporalWebUrl)))),
  );
  return router;
}

/** A check that throws where it refuses. */
function before(check: (req: Request) => void): RequestHandler {
  return (req, _res, next) => {
    check(req);
    next();
  };
}
