import type { RequestHandler } from 'express';
import type { DoorMapping, Store } from '../../src/store';
import { callerOf, contextOf } from '../http/context';
import { locationRuleOf, type LocationRule } from '../http/location-rules';
import type { OperationSpec } from '../http/operation';
import { ApiProblem, type ProblemCode } from '../http/problems';

/** What a request names, before anybody has looked whether it is valid. */
interface Named {
  param: (name: string) => string;
  query: (name: string) => string | undefined;
  /** A text or a number that the body holds; `undefined`: none. */
  body: (name: string) => string | undefined;
  bodyHas: (name: string) => boolean;
}

/** Judges one request of a caller who may see these locations. */
type Check = (
  store: Store,
  isMine: (locationId: string | null) => boolean,
  named: Named,
) => Promise<void>;

/**
 * Holds a caller who is limited to locations to them, in one place for all routes: what each route
 * names is looked up here, by the route's rule. Lists are filtered in the database instead, by
 * `caller.locationIds`. Mounted after authentication and the parser of bodies, before the routes.
 */
export function limitToLocations(
  operations: readonly OperationSpec[],
  store: Store,
): RequestHandler {
  const routes = operations.map((spec) => ({ spec, pattern: patternOf(spec.path) }));
  // `/v1/door-mappings/sync` before `/v1/door-mappings/:id`.
  routes.sort((a, b) => count(a.spec.path, ':') - count(b.spec.path, ':'));
  return async (req, res, next) => {
    const { locationIds } = callerOf(res);
    const context = contextOf(res);
    const method = req.method === 'HEAD' ? 'get' : req.method.toLowerCase();
    const path = `${req.baseUrl}${req.path}`;
    const route = routes.find(({ spec, pattern }) => spec.method === method && pattern.test(path));
    if (locationIds === null || route === undefined) {
      next();
      return;
    }
    const rule = locationRuleOf(route.spec.id) ?? 'refused';
    const params = route.pattern.exec(path)?.groups ?? {};
    await CHECKS[rule](
      store,
      (locationId) => locationId !== null && locationIds.includes(locationId),
      namedBy(params, req.query, req.body),
    );
    context.limitedFor = route.spec.id;
    next();
  };
}

const PASSES: Check = () => Promise.resolve();

const CHECKS: Record<LocationRule, Check> = {
  unbound: PASSES,
  filtered: PASSES,

  refused: () => Promise.reject(new ApiProblem('location_limited')),

  location: (_store, isMine, { param }) =>
    check(isMine(param('id')), 'location_not_found', param('id')),

  savedLocation: (_store, isMine, { param }) =>
    check(isMine(param('id')), 'location_forbidden', param('id')),

  async space(store, isMine, { param }) {
    const space = await store.spaces.get(param('id'));
    await check(space === null || isMine(space.locationId), 'space_not_found', param('id'));
  },

  async savedSpace(store, isMine, { param, body }) {
    const space = await store.spaces.get(param('id'));
    await check(space === null || isMine(space.locationId), 'location_forbidden', param('id'));
    const to = body('locationId');
    await check(to === undefined || isMine(to), 'location_forbidden', to);
  },

  async booking(store, isMine, { param }) {
    const spaceId = (await store.bookings.get(param('id')))?.content?.spaceId;
    await check(await isMySpace(store, isMine, spaceId), 'booking_not_found', param('id'));
  },

  async savedBooking(store, isMine, { param, body }) {
    const from = (await store.bookings.get(param('id')))?.content?.spaceId;
    for (const spaceId of [from, body('spaceId')]) {
      await check(await isMySpace(store, isMine, spaceId), 'location_forbidden', spaceId);
    }
  },

  async membership(store, isMine, { param }) {
    const at = (await store.memberships.get(param('id')))?.content?.locationId;
    await check(at === undefined || isMine(at), 'membership_not_found', param('id'));
  },

  async savedMembership(store, isMine, { param, body }) {
    const before = (await store.memberships.get(param('id')))?.content;
    for (const at of [before?.locationId, body('locationId')]) {
      await check(at === undefined || isMine(at), 'location_forbidden', at);
    }
    // A plan opens its doors wherever they are: who may not open one may not sell it either.
    for (const planId of [before?.planId, body('planId')]) {
      const plan = planId === undefined ? null : await store.plans.get(planId);
      const doors = await store.doorMappings.getMany(plan?.doorMappingIds ?? []);
      const areMine = doors.every(({ locationId }) => isMine(locationId));
      await check(areMine, 'location_forbidden', `A door of the plan ${planId ?? ''}`);
    }
  },

  // What the member holds anywhere moves to the Kisi user of another address.
  async savedMember(store, _isMine, { param, body }) {
    const member = await store.members.get(param('id'));
    const email = body('email')?.trim().toLowerCase();
    const isSame = email === undefined || email === member?.email.toLowerCase();
    if (member === null || isSame) return;
    throw new ApiProblem('location_limited', {
      detail: "Another e-mail address moves all of the member's access, at other locations too.",
    });
  },

  doorMapping: (store, isMine, { param }) =>
    checkMapping(store, isMine, param('id'), 'door_mapping_not_found'),

  async changedDoorMapping(store, isMine, { param, body, bodyHas }) {
    await checkMapping(store, isMine, param('id'), 'door_mapping_not_found');
    const to = body('locationId');
    await check(to === undefined || isMine(to), 'location_forbidden', to);
    const spaceId = body('spaceId');
    await check(await isMySpace(store, isMine, spaceId), 'location_forbidden', spaceId);
    // Another door at Kisi may be anywhere, and what is assigned to nothing is nobody's here.
    const isElsewhere = ['integrationId', 'resourceType', 'resourceId'].some(bodyHas);
    const isTakenAway = bodyHas('locationId') && to === undefined;
    await check(!isElsewhere && !isTakenAway, 'location_limited');
  },

  explainedDoorMapping: (store, isMine, { query }) =>
    checkMapping(store, isMine, query('doorMappingId'), 'door_mapping_not_found'),

  listedDoorMapping: (store, isMine, { param }) =>
    checkMapping(store, isMine, param('doorMappingId'), 'door_mapping_not_found'),

  grantedDoorMapping: (store, isMine, { body }) =>
    checkMapping(store, isMine, body('doorMappingId'), 'location_forbidden'),

  async grant(store, isMine, { param }) {
    const grant = await store.grants.get(param('id'));
    if (grant === null) return;
    const mapping = await store.doorMappings.getEvenDeleted(grant.doorMappingId);
    await check(isMine(mapping?.locationId ?? null), 'grant_not_found', param('id'));
  },

  async integration(store, isMine, { param }) {
    const integration = await store.integrations.get(param('id'));
    await check(
      integration === null || integration.locationIds.some(isMine),
      'integration_not_found',
      param('id'),
    );
  },

  async wholeIntegration(store, isMine, named) {
    await CHECKS.integration(store, isMine, named);
    const integration = await store.integrations.get(named.param('id'));
    await check(integration === null || integration.locationIds.every(isMine), 'location_limited');
  },
};

/** What does not exist is the route's to answer: it looks the same from both. */
async function checkMapping(
  { doorMappings }: Store,
  isMine: (locationId: string | null) => boolean,
  id: string | undefined,
  code: ProblemCode,
): Promise<void> {
  const mapping: DoorMapping | null =
    id === undefined ? null : await doorMappings.getEvenDeleted(id);
  await check(mapping === null || isMine(mapping.locationId), code, id);
}

async function isMySpace(
  { spaces }: Store,
  isMine: (locationId: string | null) => boolean,
  spaceId: string | undefined,
): Promise<boolean> {
  const space = spaceId === undefined ? null : await spaces.get(spaceId);
  return space === null || isMine(space.locationId);
}

/** The words are those of what is absent: that it exists elsewhere is not told. */
function check(isAllowed: boolean, code: ProblemCode, id?: string): Promise<void> {
  if (isAllowed) return Promise.resolve();
  const detail =
    code === 'location_forbidden'
      ? `${id ?? 'It'} is not in one of your locations.`
      : `No record has the id ${id ?? ''}.`;
  throw new ApiProblem(code, code === 'location_limited' ? {} : { detail });
}

/** As lenient as Express is: in any case, with a slash at the end or without. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+?)')}/?$`, 'i');
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function namedBy(params: Record<string, string>, query: unknown, body: unknown): Named {
  const inBody = asRecord(body);
  return {
    param: (name) => decoded(params[name] ?? ''),
    query: (name) => textOf(asRecord(query)[name]),
    body: (name) => textOf(inBody[name]),
    bodyHas: (name) => inBody[name] !== undefined,
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Validation refuses everything else that is not text. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What Express cannot decode, the validator refuses. */
function decoded(param: string): string {
  try {
    return decodeURIComponent(param);
  } catch {
    return param;
  }
}
