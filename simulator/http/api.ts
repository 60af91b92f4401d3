import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import type { NextFunction, Request, Router } from 'express';
import { routes } from '../resources';
import type { World } from '../world';
import { Refusal, errorAnswer, unauthorized } from './answer';
import type { Answer } from './answer';
import type { Call, Route } from './call';
import type { ApiResponse } from './exchange';
import { beforeOperation, deliver, drop, send } from './exchange';
import { identify } from './identify';

type Step = (req: Request, res: ApiResponse, next: NextFunction) => void | Promise<void>;

/**
 * Kisi's API. Each request is logged and identified, then meets the outage, the rate limit, the latency and
 * the scripted faults, in this order; only then is it done.
 */
export function createApi(world: World): Router {
  const api = express.Router();
  const steps: Step[] = [
    logAndIdentify(world),
    outage(world),
    rateLimit(world),
    // Read before a fault may hold the call: what Kisi has taken it can do when its caller is gone.
    express.json(),
    latencyAndFaults(world),
  ];
  for (const step of steps) api.use(step);
  for (const route of routes) api[route.method](route.path, operation(world, route));
  api.use((_req: Request, res: ApiResponse) => {
    send(res, errorAnswer(404, 'The endpoint does not exist, please check your request.'));
  });
  api.use(answerError);
  return api;
}

function logAndIdentify(world: World): Step {
  return (req, res, next) => {
    world.settle();
    const { clock, state } = world;
    const url = new URL(req.originalUrl, 'http://simulator');
    const baseNow = (): number => clock.base.now();
    const entry = world.requests.begin({
      time: new Date(clock.now()).toISOString(),
      arrivedAt: baseNow(),
      method: req.method,
      path: url.pathname,
      query: url.search.slice(1),
      integrationIdentifier: req.get('X-Kisi-Integration-Identifier') ?? null,
      integrationContact: req.get('X-Kisi-Integration-Contact') ?? null,
    });
    const caller = identify(state, req.get('Authorization'), clock.now());
    entry.keyOwnerId = caller?.kind === 'login' ? caller.user.id : null;
    entry.organizationId = caller?.organization.id ?? null;
    res.locals = { entry, caller, fault: undefined, baseNow };
    next();
  };
}

function outage(world: World): Step {
  return (req, res, next) => {
    if (world.switches.outage === 'reset') drop(req, res, 'reset');
    else if (world.switches.outage === 'unavailable') {
      send(res, errorAnswer(503, 'The service is unavailable.'));
    } else next();
  };
}

/** Per user over all their logins, per address for everybody else (contract, x-rate-limit). */
function rateLimit(world: World): Step {
  return (req, res, next) => {
    const { enabled, perSecond, retryAfter, jsonBody } = world.switches.rateLimit;
    const waitMs = enabled
      ? world.rate.take(rateKey(req, res), perSecond, res.locals.baseNow())
      : 0;
    if (waitMs === 0) {
      next();
      return;
    }
    const answer = errorAnswer(429, 'Too many requests, please slow down.');
    send(res, {
      ...answer,
      body: jsonBody ? answer.body : 'Retry later\n',
      headers: retryAfter ? { 'Retry-After': String(Math.ceil(waitMs / 1000)) } : {},
    });
  };
}

function rateKey(req: Request, { locals: { caller } }: ApiResponse): string {
  if (caller?.kind === 'login') return `user ${caller.user.id}`;
  if (caller?.kind === 'groupLink') return `link ${caller.link.id}`;
  return `address ${req.socket.remoteAddress ?? ''}`;
}

function latencyAndFaults(world: World): Step {
  return async (req, res, next) => {
    if (world.switches.latencyMs > 0) await sleep(world.switches.latencyMs);
    const { entry } = res.locals;
    res.locals.fault = world.faults.take(entry);
    entry.faultId = res.locals.fault?.id ?? null;
    if (await beforeOperation(req, res)) next();
  };
}

/**
 * A body that is not JSON is the caller's fault; anything else is the simulator's own, and says so instead
 * of looking like an outage of Kisi. Four arguments, so that Express takes it for an error handler.
 */
function answerError(
  error: Error & { status?: number },
  _req: Request,
  res: ApiResponse,
  next: NextFunction,
): void {
  if (res.headersSent) next(error);
  else if (error.status !== undefined) {
    send(res, errorAnswer(error.status, 'The body could not be read as JSON.'));
  } else {
    send(res, errorAnswer(500, `The simulator itself failed: ${error.message}`, 'ffffff'));
  }
}

function operation(world: World, route: Route): Step {
  return async (req, res) => {
    const answer = perform(world, route, req, res);
    if (answer === 'hang') return;
    await world.persist();
    await deliver(req, res, answer);
  };
}

/** Runs an operation in one turn, so that no other request comes between its checks and its change. */
function perform(world: World, route: Route, req: Request, res: ApiResponse): Answer | 'hang' {
  world.settle();
  const { state, switches, clock } = world;
  const now = clock.now();
  // Time may have passed while the call was held, and the key may be gone by now.
  const caller = identify(state, req.get('Authorization'), now);
  const call: Omit<Call, 'caller'> = {
    state,
    view: state.view(),
    listed: switches.listLagMs > 0 ? state.view(now - switches.listLagMs) : state.view(),
    switches,
    now,
    params: Object.fromEntries(Object.entries(req.params).map(([k, v]) => [k, String(v)])),
    query: Object.fromEntries(new URL(req.originalUrl, 'http://simulator').searchParams),
    body: req.body as unknown,
  };
  res.locals.caller = caller;
  try {
    switch (route.auth) {
      case 'anyone':
        if (caller?.kind === 'groupLink') throw unauthorized();
        return route.run({ ...call, caller });
      case 'loginOrLink':
        if (caller === undefined) throw unauthorized();
        return route.run({ ...call, caller });
      case 'login':
        if (caller?.kind !== 'login') throw unauthorized();
        return route.run({ ...call, caller });
    }
  } catch (error) {
    if (error instanceof Refusal) return error.answer;
    throw error;
  }
}
