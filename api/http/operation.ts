import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Actor } from '../../src/domain/grant';
import type { ApiKeyScope, Member, Session } from '../../src/store';
import { locationProblemsOf } from './location-rules';
import type { ProblemCode } from './problems';

/**
 * Who may use a route. `admin` may use every one; `booking` has what a booking system needs
 * (places, members, plans, bookings, memberships, imports, grants); `operator` reads everything, and revokes, restores and retries grants.
 */
export const SCOPES = {
  admin: ['admin'],
  operators: ['admin', 'operator'],
  hosts: ['admin', 'booking'],
  everybody: ['admin', 'booking', 'operator'],
} as const satisfies Record<string, readonly ApiKeyScope[]>;

/** One kind of success. Without a schema the answer has no body. */
export interface AnswerSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly example?: unknown;
  /** Where it is not JSON. */
  readonly contentType?: string;
  /** The same in other forms, by content type, for who asks for one with `Accept`. */
  readonly otherForms?: Readonly<Record<string, { schema: z.ZodType; example: unknown }>>;
}

/**
 * One route, said once: the router mounts it, the validator checks against it, and the OpenAPI
 * document is made from it.
 */
export interface OperationSpec {
  /** `operationId` in OpenAPI. */
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As Express writes it, for example `/v1/grants/:id`. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description: string;
  /**
   * A key needs one of these. `member`: for members, who come with a token of their own, and for no
   * key. `null`: open to everybody, without a key.
   */
  readonly scopes: readonly ApiKeyScope[] | 'member' | null;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly bodyExample?: unknown;
  /** Takes `Idempotency-Key`. */
  readonly idempotent?: true;
  /** The answer holds a secret, which must not be kept in the clear for repetitions. */
  readonly answersSecret?: true;
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  /** Beyond those that every route of its kind has (see `problemsOf`). */
  readonly problems: readonly ProblemCode[];
}

/** Declares a route, keeping its exact types for `Input` and `Answer`. */
export function operation<const Spec extends OperationSpec>(spec: Spec): Spec {
  return spec;
}

type Part<Spec, Name extends string> =
  Spec extends Record<Name, infer Schema extends z.ZodType> ? z.output<Schema> : undefined;

/** What the validator found, with defaults filled in and instants in ms UTC. */
export interface Input<Spec extends OperationSpec> {
  readonly params: Part<Spec, 'params'>;
  readonly query: Part<Spec, 'query'>;
  readonly body: Part<Spec, 'body'>;
}

/** Whoever's API key, session or token came with the request. */
export interface Caller {
  /** Id of the API key; `person:<id>` of a person, `member:<id>` of a member. */
  readonly keyId: string;
  /** What people call the API key, the person or the member. Never logged. */
  readonly name: string;
  /** Empty for a member. */
  readonly scopes: readonly ApiKeyScope[];
  /** All that they may see and change; `null`: every location. */
  readonly locationIds: readonly string[] | null;
  /** Who came with a token of their own, as they are now. */
  readonly member?: Member;
  /** Who came with the cookie of a signed-in browser. */
  readonly session?: Session;
}

/** Everything a handler may know of a request. */
export interface Call<Spec extends OperationSpec> extends Input<Spec> {
  readonly caller: Caller;
  /** The caller as the access log names it. */
  readonly by: Actor;
  readonly requestId: string;
  /** When the request arrived, on the clock of `performance.now()`, ms: for waits that are bounded. */
  readonly arrivedAt: number;
  /**
   * An id for what this request makes. The same for every repetition under one `Idempotency-Key`,
   * also when the first attempt died half-way.
   */
  readonly resourceId: string;
  readonly log: Logger;
}

/** One of the successes that the operation declares. */
export type Answer<Spec extends OperationSpec> = {
  [Status in keyof Spec['answers'] & number]: Spec['answers'][Status] extends {
    schema: infer Schema extends z.ZodType;
  }
    ? { status: Status; body: z.input<Schema>; headers?: Record<string, string> }
    : { status: Status; body?: undefined; headers?: Record<string, string> };
}[keyof Spec['answers'] & number];

export type Handler<Spec extends OperationSpec> = (call: Call<Spec>) => Promise<Answer<Spec>>;

/** What is answered to credentials that do not do. */
function credentialProblemsOf({ id, scopes, method }: OperationSpec): ProblemCode[] {
  if (scopes === null) return [];
  if (scopes === 'member') {
    return [
      'member_unauthenticated',
      'member_token_needed',
      'portal_keys_unavailable',
      'cross_site_request',
      ...(method === 'get' ? [] : (['csrf_header_missing'] as const)),
      'rate_limited',
    ];
  }
  return [
    'unauthenticated',
    'scope_missing',
    'api_key_needed',
    'cross_site_request',
    ...(method === 'get' ? [] : (['csrf_header_missing'] as const)),
    ...locationProblemsOf(id),
    'rate_limited',
  ];
}

/** The codes that the route may answer with, those of its kind included. */
export function problemsOf(spec: OperationSpec): ProblemCode[] {
  const takesInput = spec.params ?? spec.query ?? spec.body;
  const codes: ProblemCode[] = [
    ...(takesInput ? (['request_invalid'] as const) : []),
    ...(spec.body ? (['malformed_json', 'body_too_large', 'media_type_unsupported'] as const) : []),
    ...credentialProblemsOf(spec),
    ...spec.problems,
    ...(spec.idempotent ? (['idempotency_key_reused'] as const) : []),
    ...(spec.scopes ? (['database_unavailable'] as const) : []),
    'internal_error',
  ];
  return [...new Set(codes)];
}
