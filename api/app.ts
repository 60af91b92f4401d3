import express, { type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { alertChannelsRouter } from './alert-channels/router';
import { alertsRouter } from './alerts/router';
import { apiKeysRouter } from './api-keys/router';
import { bookingsRouter } from './bookings/router';
import { DEFAULT_LIMITS, type ApiDeps } from './deps';
import { doorMappingsRouter } from './door-mappings/router';
import { eventsRouter } from './events/router';
import { eventSubscriptionsRouter } from './event-subscriptions/router';
import { explainRouter } from './explain/router';
import { foreignRowsRouter } from './foreign-rows/router';
import { grantsRouter } from './grants/router';
import { announceHostCookies } from './http/host-cookie';
import { healthRouter } from './health/router';
import { importsRouter } from './imports/router';
import { integrationsRouter } from './integrations/router';
import { jobsRouter } from './jobs/router';
import { kisiEventsRouter } from './kisi-events/receive';
import { kisiWebhooksRouter } from './kisi-events/router';
import { locationsRouter } from './locations/router';
import { membersRouter } from './members/router';
import { membershipsRouter } from './memberships/router';
import { authenticate } from './middleware/authenticate';
import { authenticateMember } from './middleware/authenticate-member';
import { limitToLocations } from './middleware/limit-locations';
import { refuseOtherMethods } from './middleware/method-not-allowed';
import { observeDuration } from './middleware/observe-duration';
import { parseJson } from './middleware/parse-json';
import { answerProblem, refuseUnknownRoute } from './middleware/problem-handler';
import { limitEachKey, limitEachMember, limitRefusedKeys } from './middleware/rate-limit';
import { logRequests } from './middleware/request-log';
import { myRouter } from './my/router';
import { myOperations } from './my/schema';
import { mySessionRouter } from './my/session-router';
import { mySessionOperations } from './my/session-schema';
import { docsRouter } from './openapi/router';
import { OPERATIONS } from './operations';
import { outagesRouter } from './outages/router';
import { overviewRouter } from './overview/router';
import { consolePage, pagesRouter } from './pages/router';
import { plansRouter } from './plans/router';
import { portalSessionsRouter } from './portal-sessions/router';
import { oidcRouter } from './session/oidc-router';
import { sessionRouter, signInRouter } from './session/router';
import { spacesRouter } from './spaces/router';
import { timelinesRouter } from './timelines/router';

/**
 * Builds the API. It reads no environment, opens no connection and does not listen: whoever calls it
 * decides about all three. One registry serves one app, since metrics are registered here.
 */
export function createApp(deps: ApiDeps): Express {
  const limits = { ...DEFAULT_LIMITS, ...deps.limits };
  const app = express();
  app.set('trust proxy', deps.trustProxyHops ?? 0);
  app.set('query parser', 'simple');
  announceHostCookies(app, deps.publicUrl?.startsWith('https:') ?? false);

  app.use(logRequests(deps.logger));
  app.use(observeDuration(deps.registry));
  app.use(securityHeaders());

  app.use(healthRouter(deps));
  app.use(docsRouter(OPERATIONS));
  app.use(eventsRouter(deps, limits));
  app.use(kisiEventsRouter(deps, limits));
  if (deps.pages) app.use(pagesRouter(deps.pages));

  app.use('/v1/my', forbidCaching);
  app.use(mySessionRouter(deps, limitRefusedKeys(limits.refusedKeysPerMinute)));
  app.use(refuseOtherMethods(mySessionOperations));
  app.use(
    '/v1/my',
    authenticateMember(deps, limitRefusedKeys(limits.refusedKeysPerMinute)),
    limitEachMember(limits.memberRequestsPerMinute),
    parseJson,
  );
  app.use(myRouter(deps, limits));
  app.use(refuseOtherMethods(myOperations));
  app.use('/v1/my', refuseUnknownRoute);

  app.use('/v1/session', forbidCaching);
  app.use(signInRouter(deps, limits));
  app.use(oidcRouter(deps, limits));

  app.use(
    '/v1',
    authenticate(deps, limitRefusedKeys(limits.refusedKeysPerMinute)),
    limitEachKey(limits.requestsPerMinute),
    forbidCaching,
    parseJson,
    limitToLocations(OPERATIONS, deps.store),
  );
  app.use(sessionRouter(deps));
  app.use(integrationsRouter(deps));
  app.use(kisiWebhooksRouter(deps));
  app.use(locationsRouter(deps));
  app.use(spacesRouter(deps));
  app.use(membersRouter(deps));
  app.use(explainRouter(deps));
  app.use(outagesRouter(deps));
  app.use(overviewRouter(deps));
  app.use(timelinesRouter(deps));
  app.use(portalSessionsRouter(deps));
  app.use(doorMappingsRouter(deps));
  app.use(grantsRouter(deps));
  app.use(alertsRouter(deps));
  app.use(alertChannelsRouter(deps));
  app.use(foreignRowsRouter(deps));
  app.use(bookingsRouter(deps));
  app.use(membershipsRouter(deps));
  app.use(plansRouter(deps));
  app.use(importsRouter(deps));
  app.use(eventSubscriptionsRouter(deps));
  app.use(jobsRouter(deps));
  app.use(apiKeysRouter(deps));

  if (deps.pages) app.use(consolePage(deps.pages));
  app.use(refuseOtherMethods(OPERATIONS));
  app.use(refuseUnknownRoute);
  app.use(answerProblem);
  return app;
}

/** Answers name people, may hold a new key, and are out of date a second later. */
const forbidCaching: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'no-store');
  next();
};

/**
 * Helmet's defaults, which let pages load only our own files. The upgrade to https is left out:
 * on a plain-http address it would break the page of /docs, and TLS is the proxy's to enforce.
 */
function securityHeaders(): ReturnType<typeof helmet> {
  return helmet({ contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } });
}
