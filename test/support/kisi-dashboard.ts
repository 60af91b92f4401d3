import { eventually } from './eventually';

/** One request to Kisi by somebody who is not Latchkey. */
export interface KisiRequest {
  method: string;
  path: string;
  /** Of an API key or a login. */
  secret: string;
  body?: unknown;
}

/**
 * Asks the simulated Kisi as somebody else who uses it. Kisi counts requests per user, and the user may be
 * the one of Latchkey's key: a 429 is waited out, as a person would.
 */
export function askKisi(
  simulatorUrl: string,
  { method, path, secret, body }: KisiRequest,
): Promise<Response> {
  return eventually(
    () =>
      fetch(simulatorUrl + path, {
        method,
        headers: { authorization: `KISI-LOGIN ${secret}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    ({ status }) => status !== 429,
  );
}

/** What Kisi's dashboard asks for a webhook. */
export interface EventWebhook {
  url: string;
  signature_key: string;
  enabled_events: readonly string[];
}

/** Pastes address and key in Kisi's dashboard, as a person does. Answers Kisi's id of the webhook. */
export async function pasteWebhookInKisi(
  simulatorUrl: string,
  secret: string,
  webhook: EventWebhook,
): Promise<number> {
  const response = await askKisi(simulatorUrl, {
    method: 'POST',
    path: '/integrations',
    secret,
    body: { integration: { name: 'Latchkey', type: 'event_webhook', ...webhook } },
  });
  if (!response.ok) throw new Error(`Kisi took no webhook: ${String(response.status)}`);
  return ((await response.json()) as { id: number }).id;
}
