import { raw, Router, type RequestHandler } from 'express';
import { followKisiEvent } from '../../src/access/follow-kisi-event';
import {
  FOLLOWED_KISI_EVENTS,
  type EventIgnoredBecause,
  type FollowedKisiEvent,
  type KisiEvent,
} from '../../src/access/kisi-event';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { ok } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';
import { parseVerified } from '../middleware/parse-json';
import { limitRefusedKeys } from '../middleware/rate-limit';
import { validate } from '../middleware/validate';
import { receiveKisiEvent, type KisiEventBody } from './schema';
import { verifyKisiSignature } from './verify';

/** Far above any event. */
const BODY_LIMIT = '64kb';

interface Taken {
  accepted: boolean;
  ignored: EventIgnoredBecause | null;
}
const ignored = (because: EventIgnoredBecause): Taken => ({ accepted: false, ignored: because });

/**
 * Takes Kisi's events without an API key: the signature stands for it. Mounted before keys are asked
 * for. Signed events are not limited: Kisi disables a webhook that refuses many.
 */
export function kisiEventsRouter(deps: ApiDeps, limits: { refusedKeysPerMinute: number }): Router {
  const router = Router();
  router.post(
    receiveKisiEvent.path,
    raw({ limit: BODY_LIMIT, type: () => true }),
    verifyKisiSignature(deps.store, limitRefusedKeys(limits.refusedKeysPerMinute)),
    parseVerified,
    validate(receiveKisiEvent),
    followSigned(deps),
  );
  return router;
}

function followSigned(deps: ApiDeps): RequestHandler {
  const { store, messages, clock, metrics } = deps;
  return answer(receiveKisiEvent, async ({ params: { integrationId }, body, log }) => {
    await store.kisiWebhooks.recordEvent(integrationId);
    const integration = await store.integrations.get(integrationId);
    if (integration === null) return ok(ignored('integration_inactive'));
    // Kisi may leave it out: the signature has said already whose event it is.
    if (body.organization_id != null && body.organization_id !== integration.organizationId) {
      return ok(ignored('other_organization'));
    }
    const event = eventOf(body, clock.now());
    if (event === null) return ok(ignored('type_unknown'));
    const followed = await reachTemporal(() =>
      followKisiEvent({ store, messages, clock, log, metrics }, integration, event),
    );
    return ok({ accepted: followed.ignored === null, ignored: followed.ignored });
  });
}

/** `null`: of a type that is not followed. */
function eventOf(body: KisiEventBody, now: number): KisiEvent | null {
  const { uuid, type } = body;
  if (!isFollowed(type)) return null;
  return {
    uuid,
    type,
    actor: {
      type: body.actor_type ?? 'Unknown',
      id: body.actor_id ?? null,
      name: body.actor_name ?? null,
    },
    objectId: body.object_id ?? null,
    // A refusal always carries its code (kisi/facts.md §8).
    success: body.success ?? body.error_code == null,
    errorCode: body.error_code ?? null,
    at: body.created_at == null ? now : Date.parse(body.created_at),
  };
}

function isFollowed(type: string): type is FollowedKisiEvent {
  return (FOLLOWED_KISI_EVENTS as readonly string[]).includes(type);
}
