import { z } from 'zod';
import { API_KEY_SCOPES } from '../../src/store';
import { operation, SCOPES } from '../http/operation';
import { actorOut, instantOut } from '../schemas/common';

const example = {
  name: 'Front desk',
  actor: { type: 'api_key', id: 'key_5f0c' },
  scopes: ['operator'],
  locationIds: null,
  signedInWith: 'api_key',
  expiresAt: '2026-11-24T11:00:00.000Z',
  temporalWebUrl: 'https://temporal.example.com/namespaces/default',
} as const;

export const sessionOut = z
  .strictObject({
    name: z.string().meta({ description: 'Of the API key or the person.' }),
    actor: actorOut.meta({ description: 'How logs name whatever is done from here.' }),
    scopes: z.array(z.enum(API_KEY_SCOPES)),
    locationIds: z
      .array(z.string())
      .nullable()
      .meta({ description: 'All that is shown and may be changed; `null`: every location.' }),
    signedInWith: z.enum(['api_key', 'oidc']),
    expiresAt: instantOut.nullable().meta({
      description:
        'When the session ends if nothing is asked before; each request moves it, up to 12 h after signing in. `null`: an API key came with the request.',
    }),
    temporalWebUrl: z.string().nullable().meta({
      description:
        'Where Temporal Web shows our namespace: add `/workflows/<workflow id>`. `null`: not set up.',
    }),
  })
  .meta({
    id: 'Session',
    description: 'Who is signed in, and what they may do.',
    examples: [example],
  });

export const createSession = operation({
  id: 'createSession',
  method: 'post',
  path: '/v1/session',
  tag: 'Session',
  summary: 'Sign a browser in with an API key',
  description:
    'Sets the cookie `latchkey_session` (by https `__Host-latchkey_session`), which no script can read and which stands for the key until it ends: after 2 h without a request, after 12 h, by DELETE /v1/session, or with the key. Each address has 10 attempts a minute.',
  scopes: null,
  body: z.strictObject({
    apiKey: z
      .string()
      .trim()
      .regex(/^[\x21-\x7e]{1,200}$/, 'must be an API key.')
      .meta({ description: 'The secret of an API key.' }),
  }),
  bodyExample: { apiKey: 'lk_this-is-not-a-key' },
  answers: { 201: { description: 'Signed in; the cookie is set.', schema: sessionOut } },
  problems: ['unauthenticated', 'cross_site_request', 'rate_limited', 'database_unavailable'],
});

export const getSession = operation({
  id: 'getSession',
  method: 'get',
  path: '/v1/session',
  tag: 'Session',
  summary: 'Who am I?',
  description: 'What the session, or the API key that came with the request, may do now.',
  scopes: SCOPES.everybody,
  answers: { 200: { description: 'Whoever asks.', schema: sessionOut } },
  problems: [],
});

export const deleteSession = operation({
  id: 'deleteSession',
  method: 'delete',
  path: '/v1/session',
  tag: 'Session',
  summary: 'Sign the browser out',
  description:
    'Ends the session that the cookie names and has the browser forget it. Without one there is nothing to do.',
  scopes: null,
  answers: { 204: { description: 'Signed out, or signed out before.' } },
  problems: ['csrf_header_missing', 'cross_site_request', 'database_unavailable'],
});

export const sessionOperations = [createSession, getSession, deleteSession] as const;
