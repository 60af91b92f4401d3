import { z } from 'zod';
import { operation } from '../http/operation';

const methodsOut = z
  .strictObject({
    apiKey: z.literal(true).meta({ description: 'POST /v1/session.' }),
    oidc: z
      .strictObject({
        issuer: z.string().meta({ description: 'The identity provider.' }),
        startUrl: z.string().meta({ description: 'Where to send the browser.' }),
      })
      .nullable()
      .meta({ description: '`null`: not set up.' }),
  })
  .meta({
    id: 'SignInMethods',
    examples: [
      {
        apiKey: true,
        oidc: { issuer: 'https://id.example.com', startUrl: '/v1/session/oidc/start' },
      },
    ],
  });

export const listSignInMethods = operation({
  id: 'listSignInMethods',
  method: 'get',
  path: '/v1/session/methods',
  tag: 'Session',
  summary: 'How can one sign in?',
  description: 'For the page where people sign in.',
  scopes: null,
  answers: { 200: { description: 'The ways in.', schema: methodsOut } },
  problems: [],
});

const AS_PAGES_SEE_IT =
  'A browser (`Accept: text/html`) is sent to `/sign-in?problem=<code>` where it is refused.';

export const startOidc = operation({
  id: 'startOidcSignIn',
  method: 'get',
  path: '/v1/session/oidc/start',
  tag: 'Session',
  summary: 'Sign a browser in by the identity provider',
  description: `Sends the browser to the provider, which sends it back to GET /v1/session/oidc/callback within 10 minutes. Code flow with PKCE, state and nonce. ${AS_PAGES_SEE_IT}`,
  scopes: null,
  answers: { 302: { description: 'To the provider, or to the page for signing in.' } },
  problems: ['oidc_not_set_up', 'oidc_unavailable', 'rate_limited'],
});

export const oidcCallback = operation({
  id: 'finishOidcSignIn',
  method: 'get',
  path: '/v1/session/oidc/callback',
  tag: 'Session',
  summary: 'Come back from the identity provider',
  description: `Register this address at the provider. Sets the cookie \`latchkey_session\` (by https \`__Host-latchkey_session\`) and sends the browser to \`/\`. What a person may do is what the provider said when they signed in, for 12 h at most. ${AS_PAGES_SEE_IT}`,
  scopes: null,
  // Providers add parameters of their own.
  query: z.looseObject({
    state: z.string().optional(),
    code: z.string().optional(),
    error: z.string().optional().meta({ description: 'Why the provider refuses.' }),
  }),
  answers: { 302: { description: 'To the console, or to the page for signing in.' } },
  problems: [
    'oidc_flow_invalid',
    'oidc_refused',
    'oidc_scope_missing',
    'oidc_locations_missing',
    'oidc_not_set_up',
    'oidc_unavailable',
    'rate_limited',
    'database_unavailable',
  ],
});

export const oidcOperations = [listSignInMethods, startOidc, oidcCallback] as const;
