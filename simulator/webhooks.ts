import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { instant } from './http/call';
import type { Integration, KisiEvent } from './state/records';
import type { State } from './state/state';
import type { Switches } from './switches';

/** One attempt to bring an event to a webhook. */
export interface Delivery {
  uuid: string;
  type: string;
  webhookId: number;
  /** From 1. */
  attempt: number;
  /** ISO 8601, on the machine's clock. */
  at: string;
  /** `null`: nobody answered. */
  status: number | null;
}

/** Nothing is known of Kisi's own (kisi/facts.md §8): enough for a receiver that starts anew. */
const RETRY_WAITS_MS = [500, 2_000];
const ANSWER_WITHIN_MS = 10_000;
/** Events that happen within this are sent in reverse where the switch says so. */
const GATHERED_MS = 150;
const DELIVERIES_KEPT = 2_000;

/**
 * Sends the events of an organization to its enabled webhooks: at least once, in no promised order,
 * signed where the webhook has a key. A webhook that fails too often in a row is disabled.
 */
export class Webhooks {
  readonly #deliveries: Delivery[] = [];
  readonly #failures = new Map<number, number>();
  #gathered: (() => Promise<void>)[] = [];
  #ended = new AbortController();

  constructor(
    private readonly state: State,
    private readonly switches: () => Switches,
    private readonly persist: () => Promise<void>,
  ) {
    state.onEvent = (event) => {
      this.#take(event);
    };
  }

  /** Every attempt so far, oldest first. */
  deliveries(): Delivery[] {
    return this.#deliveries.map((delivery) => ({ ...delivery }));
  }

  /** Drops what is not sent yet and forgets all attempts. */
  clear(): void {
    this.#ended.abort();
    this.#ended = new AbortController();
    this.#deliveries.length = 0;
    this.#failures.clear();
    this.#gathered = [];
  }

  #take(event: KisiEvent): void {
    const webhooks = this.state.tables.integrations
      .all()
      .filter(
        (webhook) =>
          webhook.organizationId === event.organizationId &&
          webhook.enabled &&
          webhook.enabledEvents.includes(event.type),
      );
    if (webhooks.length === 0) return;
    // As it was when it happened: whoever did it may be gone when it is sent.
    const body = JSON.stringify(payloadOf(this.state, event));
    const { copies, order, delayMs } = this.switches().webhook;
    for (const { id } of webhooks) {
      for (let copy = 0; copy < copies; copy += 1) {
        const { signal } = this.#ended;
        const send = (): Promise<void> => this.#deliver(id, event, body, delayMs, signal);
        if (order === 'reversed') this.#gather(send);
        else void send();
      }
    }
  }

  /** One after the other, so that they also arrive in reverse. */
  #gather(send: () => Promise<void>): void {
    if (this.#gathered.length === 0) {
      setTimeout(() => {
        void this.#sendReversed(this.#gathered.splice(0));
      }, GATHERED_MS).unref();
    }
    this.#gathered.push(send);
  }

  async #sendReversed(gathered: (() => Promise<void>)[]): Promise<void> {
    for (const send of gathered.reverse()) await send();
  }

  async #deliver(
    webhookId: number,
    event: KisiEvent,
    body: string,
    delayMs: number,
    ended: AbortSignal,
  ): Promise<void> {
    try {
      if (delayMs > 0) await sleep(delayMs, undefined, { signal: ended, ref: false });
      for (let attempt = 1; ; attempt += 1) {
        const webhook = this.state.tables.integrations.get(webhookId);
        if (webhook?.enabled !== true) return;
        const status = await this.#post(webhook, body, ended);
        if (ended.aborted) return;
        this.#note({ uuid: event.uuid, type: event.type, webhookId, attempt, status });
        if (status !== null && status < 300) {
          this.#failures.set(webhookId, 0);
          return;
        }
        const waitMs = RETRY_WAITS_MS[attempt - 1];
        if (waitMs === undefined) break;
        await sleep(waitMs, undefined, { signal: ended, ref: false });
      }
      await this.#countFailure(webhookId, event);
    } catch (error) {
      // The simulator was reset or closed while it waited.
      if (!ended.aborted) throw error;
    }
  }

  /** Answers the status; `null`: nobody answered. */
  async #post(
    { url, signatureKey }: Integration,
    body: string,
    ended: AbortSignal,
  ): Promise<number | null> {
    const signature = signatureOf(body, signatureKey, this.switches().webhook.signature);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'Content-Type': 'application/json',
          ...(signature === null ? {} : { 'X-Signature': signature }),
        },
        body,
        signal: AbortSignal.any([ended, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return null;
    }
  }

  #note(delivery: Omit<Delivery, 'at'>): void {
    this.#deliveries.push({ ...delivery, at: new Date().toISOString() });
    if (this.#deliveries.length > DELIVERIES_KEPT) this.#deliveries.shift();
  }

  async #countFailure(webhookId: number, { createdAt }: KisiEvent): Promise<void> {
    const failures = (this.#failures.get(webhookId) ?? 0) + 1;
    this.#failures.set(webhookId, failures);
    const { disableAfter } = this.switches().webhook;
    if (disableAfter === null || failures < disableAfter) return;
    this.state.tables.integrations.update(
      webhookId,
      { enabled: false, disabledDueToErrorAt: createdAt },
      createdAt,
    );
    await this.persist();
  }
}

/** The whole body, in hex (contract, POST /integrations); none without a key. */
function signatureOf(
  body: string,
  key: string | null,
  form: Switches['webhook']['signature'],
): string | null {
  if (key === null || form === 'none') return null;
  const hex = createHmac('sha256', key).update(body).digest('hex');
  return form === 'bareHex' ? hex : `sha256=${hex}`;
}

/** The fields of Kisi's documented sample (kisi/facts.md §8). */
function payloadOf({ tables }: State, event: KisiEvent): object {
  const { actorType, actorId, objectType, objectId } = event;
  const lock = objectType === 'Lock' ? tables.locks.get(objectId) : undefined;
  const user = actorType === 'User' && actorId !== null ? tables.users.get(actorId) : undefined;
  const link =
    actorType === 'GroupLink' && actorId !== null ? tables.groupLinks.get(actorId) : undefined;
  return {
    uuid: event.uuid,
    type: event.type,
    actor_type: actorType,
    actor_id: actorId,
    actor_name: user?.name ?? link?.name ?? null,
    object_type: objectType,
    object_id: objectId,
    object_name: lock?.name ?? null,
    organization_id: event.organizationId,
    place_id: lock?.placeId ?? null,
    success: event.success,
    ...(event.errorCode === null ? {} : { error_code: event.errorCode }),
    created_at: instant(event.createdAt),
  };
}
