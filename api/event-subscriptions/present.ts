import type { z } from 'zod';
import type { EventPayload } from '../../src/domain/outgoing-event';
import type { SendError } from '../../src/events/sender';
import type { EventDelivery, EventSubscription } from '../../src/store';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { deliveryOut, subscriptionOut } from './shapes';

export function presentSubscription(
  subscription: EventSubscription,
): z.input<typeof subscriptionOut> {
  const { id, url, types, enabled, disabledBecause, description, createdBy } = subscription;
  return {
    id,
    url,
    types: [...types],
    enabled,
    disabledBecause,
    description,
    formerSecretsUntil: toIsoOrNull(subscription.formerSecretsUntil),
    createdAt: toIso(subscription.createdAt),
    createdBy,
    updatedAt: toIso(subscription.updatedAt),
  };
}

export function presentDelivery(delivery: EventDelivery): z.input<typeof deliveryOut> {
  const { eventId, type, status, attempts, lastAttempt } = delivery;
  return {
    eventId,
    type,
    occurredAt: toIso(delivery.at),
    status,
    attempts,
    nextTryAt: toIsoOrNull(delivery.nextTryAt),
    lastAttempt: lastAttempt && {
      at: toIso(lastAttempt.at),
      durationMs: lastAttempt.durationMs,
      status: lastAttempt.status,
      error: lastAttempt.error as SendError | null,
    },
    deliveredAt: toIsoOrNull(delivery.deliveredAt),
    payload: JSON.parse(delivery.payload) as EventPayload & z.input<typeof deliveryOut>['payload'],
  };
}
