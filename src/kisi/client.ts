import { z } from 'zod';
import { systemClock, type Clock } from '../clock';
import { readAnswer } from './answers';
import {
  DOOR_ACCESS_ROLE,
  groupBody,
  newUserBody,
  OPEN_GROUP,
  roleAssignmentBody,
  roleAssignmentQuery,
  userBody,
  windowBody,
} from './bodies';
import { Caller, type CallRequest } from './caller';
import { KisiError } from './errors';
import { createHttp, type Http } from './http';
import type { KisiLimiter } from './limiter';
import { readAllPages, totalOfRange } from './pages';
import * as schemas from './schemas';
import type {
  CallOptions,
  Deletion,
  KisiCall,
  KisiClient,
  KisiRoleAssignment,
  RoleAssignmentFilter,
} from './types';
import type { WriteGate } from './write-gate';

export interface KisiClientOptions {
  /** Kisi's own is `https://api.kisi.io`. */
  baseUrl: string;
  apiKey: string;
  limiter: KisiLimiter;
  /**
   * The limiter buckets to take one slot of each: normally `[ownerBucket(userId)]` of the key's
   * owner, several while it is not known which of them the owner is.
   */
  owners: readonly string[];
  integrator: { name: string; contact: string };
  /** For one whole exchange, in ms. Default 8000. */
  timeoutMs?: number;
  onCall?: (call: KisiCall) => void;
  /** Asked before each call that writes; without one every call may be sent. */
  writeGate?: WriteGate;
  clock?: Clock;
  /** Replaced in tests. */
  http?: Http;
}

/** The limiter bucket of a Kisi user: Kisi counts all logins of one user together. */
export function ownerBucket(kisiUserId: number): string {
  return `owner:${kisiUserId}`;
}

const DEFAULT_TIMEOUT_MS = 8_000;

/** Page sizes: the largest that Kisi documents for the route. */
const LARGEST_PAGE = 250;
const LARGEST_USER_PAGE = 100;

export function createKisiClient(options: KisiClientOptions): KisiClient {
  const http = options.http ?? createHttp(options.baseUrl);
  const caller = new Caller({
    http,
    limiter: options.limiter,
    apiKey: options.apiKey,
    owners: options.owners,
    integrator: options.integrator,
    timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    clock: options.clock ?? systemClock,
    onCall: options.onCall ?? (() => undefined),
    ...(options.writeGate && { writeGate: options.writeGate }),
  });
  return clientOf(caller, {}, () => http.close());
}

function clientOf(caller: Caller, defaults: CallOptions, close: () => Promise<void>): KisiClient {
  const withDefaults = (options?: CallOptions): CallOptions => ({ ...defaults, ...options });

  const get = <T>(route: string, schema: z.ZodType<T>, id?: number, options?: CallOptions) =>
    caller.read(
      { method: 'GET', route, ...(id !== undefined && { id }) },
      schema,
      withDefaults(options),
    );

  const create = <T>(route: string, body: unknown, schema: z.ZodType<T>, options?: CallOptions) =>
    caller.read({ method: 'POST', route, body }, schema, withDefaults(options));

  const change = async (route: string, id: number, body: unknown, options?: CallOptions) => {
    await caller.send({ method: 'PATCH', route, id, body }, withDefaults(options));
  };

  /** A record that is gone already is what a deletion wants. */
  const remove = async (route: string, id: number, options?: CallOptions): Promise<Deletion> => {
    try {
      await caller.send({ method: 'DELETE', route, id }, withDefaults(options));
      return 'deleted';
    } catch (error) {
      if (error instanceof KisiError && error.kind === 'missing') return 'already_gone';
      throw error;
    }
  };

  const list = <T extends { id: number }>(
    route: string,
    query: NonNullable<CallRequest['query']>,
    schema: z.ZodType<T>,
    options: CallOptions | undefined,
    largestPage = LARGEST_PAGE,
  ): Promise<T[]> =>
    readAllPages(route, largestPage, async (offset, limit) => {
      const request: CallRequest = {
        method: 'GET',
        route,
        query: { ...query, limit, offset },
      };
      const answer = await caller.send(request, withDefaults(options));
      return {
        rows: readAnswer(request, z.array(schema), answer.status, answer.text),
        total: totalOfRange(route, answer.header('x-collection-range')),
      };
    });

  const probe = async (
    route: string,
    query: NonNullable<CallRequest['query']>,
    options: CallOptions | undefined,
  ): Promise<number | null> => {
    const request: CallRequest = { method: 'GET', route, query: { ...query, limit: 1 } };
    const rows = await caller.read(request, z.array(schemas.recordSchema), withDefaults(options));
    return rows[0]?.id ?? null;
  };

  return {
    organization: (options) => get('/organization', schemas.organizationSchema, undefined, options),
    currentUser: (options) => get('/user', schemas.currentUserSchema, undefined, options),
    currentLogin: (options) => get('/login', schemas.loginSchema, undefined, options),
    listPlaces: (options) => list('/places', {}, schemas.placeSchema, options),
    listRoles: (options) => get('/roles', z.array(schemas.roleSchema), undefined, options),

    probeList: (name, options) => probe(`/${name}`, {}, options),
    probeGroupLocks: (groupId, options) => probe('/group_locks', { group_id: groupId }, options),

    listLocks: (filter = {}, options) =>
      list(
        '/locks',
        { ids: filter.ids?.join(','), query: filter.query },
        schemas.lockSchema,
        options,
      ),
    getLock: (id, options) => get('/locks/:id', schemas.lockSchema, id, options),
    unlockLock: async (lockId, { secret, userId, location }, options) => {
      await caller.read(
        {
          method: 'POST',
          route: '/locks/:id/unlock',
          id: lockId,
          body: location === undefined ? {} : { context: { location } },
          as: { secret, owner: ownerBucket(userId) },
        },
        schemas.unlockSchema,
        withDefaults(options),
      );
    },

    listGroups: (filter = {}, options) =>
      list(
        '/groups',
        { query: filter.query, lock_id: filter.lockId },
        schemas.groupSchema,
        options,
      ),
    getGroup: (id, options) => get('/groups/:id', schemas.groupSchema, id, options),
    createGroup: (input, options) =>
      create(
        '/groups',
        { group: groupBody({ ...OPEN_GROUP, ...input }) },
        schemas.groupSchema,
        options,
      ),
    updateGroup: (id, input, options) =>
      change('/groups/:id', id, { group: groupBody(input) }, options),
    deleteGroup: (id, options) => remove('/groups/:id', id, options),

    listGroupLocks: ({ groupId, lockId }, options) =>
      list(
        '/group_locks',
        { group_id: groupId, lock_id: lockId },
        schemas.groupLockSchema,
        options,
      ),
    createGroupLock: ({ groupId, lockId }, options) =>
      create(
        '/group_locks',
        { group_lock: { group_id: groupId, lock_id: lockId } },
        schemas.groupLockSchema,
        options,
      ),
    deleteGroupLock: (id, options) => remove('/group_locks/:id', id, options),

    findUsersByEmail: async (email, options) => {
      const wanted = email.trim().toLowerCase();
      // `query` is fuzzy in live use and the exactness of `email` is not documented.
      const users = await list(
        '/users',
        { email: wanted },
        schemas.userSchema,
        options,
        LARGEST_USER_PAGE,
      );
      return users.filter((user) => user.email.trim().toLowerCase() === wanted);
    },
    listUsers: async ({ ids }, options) => {
      // Without ids Kisi would list everybody.
      if (ids.length === 0) return [];
      const query = { ids: ids.join(',') };
      const users = await list('/users', query, schemas.userSchema, options, LARGEST_USER_PAGE);
      return users.filter(({ id }) => ids.includes(id));
    },
    getUser: (id, options) => get('/users/:id', schemas.userSchema, id, options),
    createUser: (input, options) =>
      create('/users', { user: newUserBody(input) }, schemas.userSchema, options),
    updateUser: (id, input, options) =>
      change('/users/:id', id, { user: userBody(input) }, options),
    deleteUser: (id, options) => remove('/users/:id', id, options),

    listRoleAssignments: async (filter = {}, options) => {
      const rows = await list(
        '/role_assignments',
        roleAssignmentQuery(filter),
        schemas.roleAssignmentSchema,
        options,
      );
      return rows.filter((row) => matches(row, filter));
    },
    getRoleAssignment: (id, options) =>
      get('/role_assignments/:id', schemas.roleAssignmentSchema, id, options),
    createRoleAssignment: (input, options) =>
      create(
        '/role_assignments',
        { role_assignment: roleAssignmentBody(input) },
        schemas.roleAssignmentSchema,
        options,
      ),
    // `notify` is left out: Kisi's contract gives it the type of a date here, which is a known bug.
    updateRoleAssignmentWindow: (id, window, options) =>
      change(
        '/role_assignments/:id',
        id,
        { role_assignment: { role_id: DOOR_ACCESS_ROLE, ...windowBody(window) } },
        options,
      ),
    deleteRoleAssignment: (id, options) => remove('/role_assignments/:id', id, options),

    createEventWebhook: ({ name, url, events, signatureKey }, options) =>
      create(
        '/integrations',
        {
          integration: {
            name,
            type: 'event_webhook',
            url,
            enabled_events: events,
            signature_key: signatureKey,
            enabled: true,
          },
        },
        schemas.recordSchema,
        options,
      ),

    createDeviceLogin: ({ email, brand, model }, options) =>
      create(
        '/logins',
        {
          login: { type: 'device', device_brand: brand, device_model: model, email, expire: false },
        },
        schemas.deviceLoginSchema,
        options,
      ),
    deleteLogin: (id, options) => remove('/logins/:id', id, options),

    withReservedSlots: async (count, options, work) => {
      const merged = withDefaults(options);
      const permits = await caller.acquire(count, merged);
      try {
        return await work(clientOf(caller.withReserved(permits), merged, close));
      } finally {
        await Promise.allSettled(permits.splice(0).map((permit) => permit.release('unused')));
      }
    },
    close,
  };
}

/** Kisi's filters alone are not trusted: place and group ids may collide, Team rows have user null. */
function matches(row: KisiRoleAssignment, { userId, groupId }: RoleAssignmentFilter): boolean {
  return (
    (userId === undefined || row.userId === userId) &&
    (groupId === undefined || row.groupId === groupId)
  );
}
