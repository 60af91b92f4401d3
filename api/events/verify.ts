import type { Request, RequestHandler } from 'express';
import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import { contextOf } from '../http/context';
import { ApiProblem } from '../http/problems';

/** As the library judges it, which follows the specification. */
const TOLERANCE_S = 300;

/** Whoever holds a webhook secret, in logs and for the rate limit. */
export const WEBHOOK_CALLER = 'inbound-webhook';

/**
 * Lets a request pass that was signed with one of the secrets, as Standard Webhooks has it. What is
 * signed is the body as it came, so it is read only afterwards. A refusal is counted by
 * `limitRefusals` before it is answered.
 */
export function verifySignature(
  secrets: readonly string[],
  limitRefusals: RequestHandler,
): RequestHandler {
  const webhooks = secrets.map((secret) => new Webhook(secret));
  return async (req, res, next) => {
    if (webhooks.length === 0) throw new ApiProblem('webhook_not_set_up');
    if (!webhooks.some((webhook) => isSignedWith(webhook, req))) {
      await limitRefusals(req, res, (error?: unknown) => {
        next(error ?? refusalOf(req));
      });
      return;
    }
    contextOf(res).caller = {
      keyId: WEBHOOK_CALLER,
      name: WEBHOOK_CALLER,
      scopes: [],
      locationIds: null,
    };
    next();
  };
}

function isSignedWith(webhook: Webhook, req: Request): boolean {
  try {
    const body: unknown = req.body;
    webhook.verify(Buffer.isBuffer(body) ? body : '', headersOf(req), { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

function headersOf(req: Request): Record<string, string> {
  return {
    'webhook-id': req.get('webhook-id') ?? '',
    'webhook-timestamp': req.get('webhook-timestamp') ?? '',
    'webhook-signature': req.get('webhook-signature') ?? '',
  };
}

function refusalOf(req: Request): ApiProblem {
  const missing = Object.entries(headersOf(req)).filter(([, value]) => value === '');
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(', ');
    return new ApiProblem('webhook_signature_invalid', { detail: `Missing: ${names}.` });
  }
  const sentAt = Number.parseInt(req.get('webhook-timestamp') ?? '', 10);
  const isStale = Math.abs(Date.now() / 1000 - sentAt) > TOLERANCE_S;
  return new ApiProblem(isStale ? 'webhook_timestamp_stale' : 'webhook_signature_invalid');
}
