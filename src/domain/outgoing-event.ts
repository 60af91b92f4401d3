import type { AccessLogEntry } from './grant';
import { grantBehind } from './stand-in';

/** What other systems can subscribe to. */
export const OUTGOING_EVENT_TYPES = [
  'grant.in_place',
  'grant.removed',
  'grant.attention',
  'door.unlock',
] as const;
export type OutgoingEventType = (typeof OUTGOING_EVENT_TYPES)[number];

/** Sent on an admin's word only, to try a subscription out. */
export const TEST_EVENT_TYPE = 'subscription.test';
export type AnyEventType = OutgoingEventType | typeof TEST_EVENT_TYPE;

/** The body of every delivery, as Standard Webhooks has it. */
export interface EventPayload {
  type: AnyEventType;
  /** When it happened: ISO 8601, UTC. */
  timestamp: string;
  /** Ids, names of doors, times and problems; never a secret, an e-mail address or a member's name. */
  data: Readonly<Record<string, unknown>>;
}

/** The event that a row of the access log is told as; `null`: nobody outside is told. */
export function eventTypeOf({ action, status }: AccessLogEntry): OutgoingEventType | null {
  if (action === 'unlock') return 'door.unlock';
  if (action === 'adopt' || action === 'clear' || action === 'drift') return null;
  const told = ['in_place', 'removed', 'attention'] as const;
  const outcome = told.find((one) => one === status);
  return outcome ? `grant.${outcome}` : null;
}

/**
 * What is sent about a row of the access log. The reason that a person gave stays here, since people
 * write names into it; the one of an unlock is ours or Kisi's.
 *
 * @param doorName as admins call the door; `null`: its mapping is gone
 */
export function payloadOf(
  type: OutgoingEventType,
  entry: AccessLogEntry,
  doorName: string | null,
): EventPayload {
  const { action, status, reason, problem, at, grant, lock } = entry;
  const { memberId, doorMappingId } = grant;
  const behind = grantBehind(entry);
  const about = {
    grantId: behind?.id ?? null,
    memberId,
    doorMappingId,
    doorName,
    source: behind?.source ?? null,
    sourceId: behind?.sourceId ?? null,
    revision: behind?.revision ?? null,
  };
  const window = { startsAt: iso(grant.startsAt), endsAt: isoOrNull(grant.endsAt) };
  const data =
    type === 'door.unlock'
      ? {
          ...about,
          lockId: lock?.id ?? null,
          lockName: lock?.name ?? null,
          outcome: status,
          reason,
        }
      : { ...about, ...window, stops: [...grant.stops], action, problem };
  return { type, timestamp: iso(at), data };
}

/** What a subscription is tried out with. `at`: ms UTC. */
export function testPayload(subscriptionId: string, at: number): EventPayload {
  return { type: TEST_EVENT_TYPE, timestamp: iso(at), data: { subscriptionId } };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at);
}
