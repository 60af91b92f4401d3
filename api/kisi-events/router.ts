import { randomBytes } from 'node:crypto';
import { Router } from 'express';
import type { z } from 'zod';
import { FOLLOWED_KISI_EVENTS } from '../../src/access/kisi-event';
import type { Integration, KisiWebhook } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { askKisi, interactive } from '../http/ask-kisi';
import { created, found, NO_CONTENT, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { toIso, toIsoOrNull } from '../schemas/common';
import {
  createKisiWebhook,
  deleteKisiWebhook,
  getKisiWebhook,
  receiveKisiEvent,
  type kisiWebhookOut,
} from './schema';

/** As many bytes as the digest has. */
const KEY_BYTES = 32;

/** How an integration comes to listen to Kisi's events. */
export function kisiWebhooksRouter(deps: ApiDeps): Router {
  const { store, publicUrl } = deps;
  const router = Router();
  const integrationOf = async (id: string): Promise<Integration> =>
    found(await store.integrations.get(id), 'integration_not_found', id);

  router.post(
    createKisiWebhook.path,
    requireScopes(createKisiWebhook),
    validate(createKisiWebhook),
    idempotent(createKisiWebhook, store.idempotency),
    answer(createKisiWebhook, async ({ params: { id }, body, by }) => {
      const integration = await integrationOf(id);
      if (!integration.active) throw new ApiProblem('integration_inactive');
      const isRegistered = body.register ?? publicUrl !== undefined;
      const signatureKey = randomBytes(KEY_BYTES).toString('hex');
      // Kisi goes first: when it refuses, the key before stays the one that holds.
      const kisiWebhookId = isRegistered ? await register(deps, integration, signatureKey) : null;
      const webhook = await store.kisiWebhooks.putKey(id, {
        signatureKey,
        kisiWebhookId,
        createdBy: by,
      });
      const shown = { ...present(deps, webhook), signatureKey: isRegistered ? null : signatureKey };
      return created(shown, `/v1/integrations/${id}/kisi-webhook`);
    }),
  );

  router.get(
    getKisiWebhook.path,
    requireScopes(getKisiWebhook),
    validate(getKisiWebhook),
    answer(getKisiWebhook, async ({ params: { id } }) => {
      await integrationOf(id);
      const webhook = found(await store.kisiWebhooks.get(id), 'kisi_webhook_not_found', id);
      return ok(present(deps, webhook));
    }),
  );

  router.delete(
    deleteKisiWebhook.path,
    requireScopes(deleteKisiWebhook),
    validate(deleteKisiWebhook),
    answer(deleteKisiWebhook, async ({ params: { id } }) => {
      await integrationOf(id);
      await store.kisiWebhooks.forgetKey(id);
      return NO_CONTENT;
    }),
  );

  return router;
}

/** Answers Kisi's id of the webhook. @throws ApiProblem */
async function register(
  { kisi, publicUrl }: ApiDeps,
  { id, organizationId }: Integration,
  signatureKey: string,
): Promise<number> {
  if (publicUrl === undefined) throw new ApiProblem('public_url_missing');
  const client = await kisi.forOrganization(organizationId);
  const made = await askKisi(() =>
    client.createEventWebhook(
      {
        name: 'Latchkey',
        url: `${publicUrl}${pathOf(id)}`,
        events: FOLLOWED_KISI_EVENTS,
        signatureKey,
      },
      interactive(),
    ),
  );
  return made.id;
}

function pathOf(integrationId: string): string {
  return receiveKisiEvent.path.replace(':integrationId', integrationId);
}

function present(
  { publicUrl }: ApiDeps,
  { integrationId, kisiWebhookId, createdAt, createdBy, lastEventAt }: KisiWebhook,
): z.input<typeof kisiWebhookOut> {
  const path = pathOf(integrationId);
  return {
    path,
    url: publicUrl === undefined ? null : `${publicUrl}${path}`,
    kisiWebhookId,
    events: [...FOLLOWED_KISI_EVENTS],
    createdAt: toIso(createdAt),
    createdBy,
    lastEventAt: toIsoOrNull(lastEventAt),
  };
}
