import { Router, type Request, type RequestHandler } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { contextOf, NOBODY } from '../http/context';
import { ok, redirected } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { callerOfPerson } from '../middleware/authenticate';
import { limitSignIns } from '../middleware/rate-limit';
import { validate } from '../middleware/validate';
import { clearedFlowCookie, flowCookie, flowOf, sessionTokenOf, signInCookie } from './cookie';
import type { OidcSignIn } from './oidc';
import { listSignInMethods, oidcCallback, startOidc } from './oidc-schema';

/** Where a browser goes that is signed in, and one that is not. */
const CONSOLE = '/';
const SIGN_IN_PAGE = '/sign-in';

/** Signs people in by the identity provider. Mounted before credentials are asked for. */
export function oidcRouter(
  { store, oidc, publicUrl }: ApiDeps,
  limits: { signInsPerMinute: number },
): Router {
  const router = Router();
  const isHttps = publicUrl?.startsWith('https:') ?? false;

  router.get(
    listSignInMethods.path,
    asNobody,
    answer(listSignInMethods, () =>
      Promise.resolve(
        ok({
          apiKey: true,
          oidc: oidc ? { issuer: oidc.issuer, startUrl: startOidc.path } : null,
        } as const),
      ),
    ),
  );

  router.get(
    startOidc.path,
    asNobody,
    limitSignIns(limits.signInsPerMinute),
    answerOrShow((req, res, next) =>
      answer(startOidc, async () => {
        const { url, flow } = await setUp(oidc).begin();
        return redirected(url, { 'Set-Cookie': flowCookie(flow, isHttps) });
      })(req, res, next),
    ),
  );

  router.get(
    oidcCallback.path,
    asNobody,
    limitSignIns(limits.signInsPerMinute),
    validate(oidcCallback),
    answerOrShow(async (req, res, next) => {
      // Whatever comes of it, nobody can come back to it once more.
      res.append('Set-Cookie', clearedFlowCookie(isHttps));
      await answer(oidcCallback, async () => {
        const person = await personOf(setUp(oidc), req);
        contextOf(res).caller = callerOfPerson(person);
        const former = sessionTokenOf(req);
        if (former !== undefined) await store.sessions.end(former);
        const { session, token } = await store.sessions.create({ with: 'oidc', person });
        res.append('Set-Cookie', signInCookie(token, session.endsAt, isHttps));
        return redirected(CONSOLE);
      })(req, res, next);
    }),
  );

  return router;
}

function setUp(oidc: OidcSignIn | undefined): OidcSignIn {
  if (oidc === undefined) throw new ApiProblem('oidc_not_set_up');
  return oidc;
}

function personOf(oidc: OidcSignIn, req: Request): ReturnType<OidcSignIn['finish']> {
  const flow = flowOf(req);
  if (flow === undefined) throw new ApiProblem('oidc_flow_invalid');
  return oidc.finish(req.query as Record<string, string>, flow);
}

const asNobody: RequestHandler = (_req, res, next) => {
  contextOf(res).caller = NOBODY;
  next();
};

/** A person who is refused sees a page with words, not a problem in JSON. */
function answerOrShow(handler: RequestHandler): RequestHandler {
  return async (req, res, next) => {
    try {
      await handler(req, res, next);
    } catch (error) {
      if (!(error instanceof ApiProblem) || req.accepts(['json', 'html']) !== 'html') throw error;
      const { code, cause } = error;
      req.log.warn({ code, err: cause }, 'Nobody was signed in');
      res.status(302).set('Location', `${SIGN_IN_PAGE}?problem=${code}`).end();
    }
  };
}
