import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { memberParams } from '../members/schema';
import { instantOut } from '../schemas/common';

export const createPortalSession = operation({
  id: 'createPortalSession',
  method: 'post',
  path: '/v1/members/:id/portal-sessions',
  tag: 'Members',
  summary: 'Open a portal session for a member',
  description:
    'Answers a short-lived token with which the member reads and uses their keys (`/v1/my/…`) and nothing else. Ask for one when the member opens the portal, after your own sign-in. `url` leads to the portal with the token in its fragment, which browsers send to no server. A host whose own JWTs are set up here (PORTAL_JWKS_URL) needs no session: its members send those. Repeated under its `Idempotency-Key`, a request is answered with the same token, which may have ended by then.',
  scopes: SCOPES.hosts,
  params: memberParams,
  idempotent: true,
  answersSecret: true,
  answers: {
    201: {
      description: 'The token. It is not shown again.',
      schema: z
        .strictObject({
          token: z.string().meta({ description: 'Sent as `Authorization: Bearer <token>`.' }),
          url: z.string().nullable().meta({ description: '`null`: no PORTAL_URL is set up.' }),
          expiresAt: instantOut,
        })
        .meta({
          id: 'PortalSession',
          examples: [
            {
              token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZW1fN2YzYSJ9.c2lnbmF0dXJl',
              url: 'https://portal.example.com/my-keys#token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZW1fN2YzYSJ9.c2lnbmF0dXJl',
              expiresAt: '2026-11-24T10:15:00.000Z',
            },
          ],
        }),
    },
  },
  problems: ['member_not_found'],
});

export const portalSessionOperations = [createPortalSession] as const;
