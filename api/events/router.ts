import { createHash } from 'node:crypto';
import { raw, Router, type RequestHandler } from 'express';
import { offerSource, type OfferedSource } from '../../src/access/offer-source';
import type { ApiDeps } from '../deps';
import { answer, newResourceId } from '../http/answer';
import { ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';
import { saveMember } from '../members/save';
import { parseVerified, requireJson } from '../middleware/parse-json';
import { limitEachKey, limitRefusedKeys } from '../middleware/rate-limit';
import { validate } from '../middleware/validate';
import { requireTaken } from '../sources/accept';
import { EVENT_TYPES, receiveEvent, type IgnoredBecause, type InboundEvent } from './schema';
import { verifySignature, WEBHOOK_CALLER } from './verify';

/** Far above any event. */
const BODY_LIMIT = '64kb';

interface Taken {
  accepted: boolean;
  ignored: IgnoredBecause | null;
}
const ACCEPTED: Taken = { accepted: true, ignored: null };
const ignored = (because: IgnoredBecause): Taken => ({ accepted: false, ignored: because });

/** Takes events without an API key: the signature stands for it. Mounted before keys are asked for. */
export function eventsRouter(
  deps: ApiDeps,
  limits: { requestsPerMinute: number; refusedKeysPerMinute: number },
): Router {
  const router = Router();
  router.post(
    receiveEvent.path,
    requireJson,
    raw({ limit: BODY_LIMIT, type: 'application/json' }),
    verifySignature(
      deps.inboundWebhookSecrets ?? [],
      limitRefusedKeys(limits.refusedKeysPerMinute),
    ),
    limitEachKey(limits.requestsPerMinute),
    parseVerified,
    passOverUnknownTypes,
    validate(receiveEvent),
    (req, res, next) => {
      const send = answer(receiveEvent, async ({ body }) =>
        ok(await take(deps, body, req.get('webhook-id') ?? '')),
      );
      return send(req, res, next);
    },
  );
  return router;
}

/** A platform may send more than we follow; a refusal would only make it send it again. */
const passOverUnknownTypes: RequestHandler = (req, res, next) => {
  const body: unknown = req.body;
  const type = typeof body === 'object' && body !== null && 'type' in body ? body.type : undefined;
  if (typeof type === 'string' && !EVENT_TYPES.includes(type)) {
    res.json(ignored('type_unknown'));
    return;
  }
  next();
};

async function take(deps: ApiDeps, event: InboundEvent, webhookId: string): Promise<Taken> {
  switch (event.type) {
    case 'booking.changed': {
      const { id, version, ...content } = event.data;
      return offer(deps, { kind: 'booking', id, snapshot: { version, content } });
    }
    case 'booking.deleted': {
      const { id, version } = event.data;
      return offer(deps, { kind: 'booking', id, snapshot: { version, content: null } });
    }
    case 'membership.changed': {
      const { id, version, ...content } = event.data;
      return offer(deps, { kind: 'membership', id, snapshot: { version, content } });
    }
    case 'membership.deleted': {
      const { id, version } = event.data;
      return offer(deps, { kind: 'membership', id, snapshot: { version, content: null } });
    }
    case 'member.changed':
      return takeMember(deps, event.data, webhookId);
  }
}

async function offer(deps: ApiDeps, offered: OfferedSource): Promise<Taken> {
  const outcome = await reachTemporal(() => offerSource(deps, offered));
  if (outcome.outcome === 'older') return ignored('version_older');
  if (outcome.outcome === 'known') return ignored('repetition');
  requireTaken(outcome, offered.snapshot.version, 'body.data');
  return ACCEPTED;
}

/** Members have no version, so that only the id of the delivery tells a repetition. */
async function takeMember(
  deps: ApiDeps,
  member: Extract<InboundEvent, { type: 'member.changed' }>['data'],
  webhookId: string,
): Promise<Taken> {
  const { idempotency } = deps.store;
  const ref = {
    keyId: WEBHOOK_CALLER,
    route: `POST ${receiveEvent.path}`,
    idempotencyKey: webhookId,
  };
  const requestHash = createHash('sha256').update(JSON.stringify(member)).digest('base64url');
  const { state } = await idempotency.begin(ref, { requestHash, resourceId: newResourceId() });
  if (state === 'done') return ignored('repetition');
  if (state === 'mismatch') throw new ApiProblem('idempotency_key_reused');
  await saveMember(deps, member);
  await idempotency.finish(ref, { status: 200, body: ACCEPTED });
  return ACCEPTED;
}
