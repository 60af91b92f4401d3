import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';

/** A new secret of a subscription: `whsec_` and the base64 of 32 bytes, as Standard Webhooks has it. */
export function newWebhookSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/**
 * The headers of one try, signed anew, with one signature for each secret.
 * @param at when it is sent, ms UTC
 */
export function signedHeaders(
  eventId: string,
  at: number,
  payload: string,
  secrets: readonly string[],
): Record<string, string> {
  const signatures = secrets.map((secret) =>
    new Webhook(secret).sign(eventId, new Date(at), payload),
  );
  return {
    'content-type': 'application/json',
    'user-agent': 'Latchkey',
    'webhook-id': eventId,
    'webhook-timestamp': String(Math.floor(at / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
}
