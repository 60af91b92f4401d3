import { z } from 'zod';
import { operation } from '../http/operation';
import { instantOut } from '../schemas/common';

export const createMySession = operation({
  id: 'createMySession',
  method: 'post',
  path: '/v1/my/session',
  tag: 'My Keys',
  summary: 'Give a browser my token to keep',
  description:
    "For the page My Keys. Exchanges a member's token (that of a portal session, or the host platform's JWT) for the cookie `latchkey_member` (by https `__Host-latchkey_member`), which no script can read, opens `/v1/my/…` and nothing else, and ends with the token. Where PUBLIC_URL is https it also works in a frame of the host's page (`SameSite=None; Secure; Partitioned`). A token that is refused ends the session that the browser had before. Where a browser keeps no cookies of other sites, or the token is too long for one, send it as `Authorization: Bearer …` instead.",
  scopes: null,
  body: z.strictObject({
    token: z
      .string()
      .regex(/^[\x21-\x7e]{1,4096}$/, 'must be the token of a member.')
      .meta({ description: 'From the fragment of the address, never from its query.' }),
  }),
  bodyExample: { token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZW1fN2YzYSJ9.c2lnbmF0dXJl' },
  answersSecret: true,
  answers: {
    201: {
      description: 'The cookie is set.',
      schema: z
        .strictObject({
          expiresAt: instantOut.meta({ description: 'When the token, and the cookie, ends.' }),
        })
        .meta({ id: 'MySession', examples: [{ expiresAt: '2026-11-24T10:15:00.000Z' }] }),
    },
  },
  problems: [
    'member_unauthenticated',
    'member_token_needed',
    'portal_keys_unavailable',
    'cross_site_request',
    'rate_limited',
    'database_unavailable',
  ],
});

export const deleteMySession = operation({
  id: 'deleteMySession',
  method: 'delete',
  path: '/v1/my/session',
  tag: 'My Keys',
  summary: 'Have a browser forget my token',
  description:
    'Takes the cookie away. The token itself cannot be taken back: it ends by itself when it expires, and with the member.',
  scopes: null,
  answers: { 204: { description: 'Forgotten, or there was none.' } },
  problems: ['csrf_header_missing', 'cross_site_request'],
});

export const mySessionOperations = [createMySession, deleteMySession] as const;
