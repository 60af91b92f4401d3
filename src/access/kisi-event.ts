import type { Actor } from '../domain/grant';
import type { Logger } from '../logging';
import type { Metrics } from '../metrics';
import type { Clock } from '../clock';
import type { KisiDrift, Store } from '../store';
import type { AccessMessages } from './deps';

/** The events that are followed, and that a webhook is registered for (kisi/facts.md §8). */
export const FOLLOWED_KISI_EVENTS = [
  'lock.unlock',
  'role_assignment.update',
  'role_assignment.destroy',
] as const;
export type FollowedKisiEvent = (typeof FOLLOWED_KISI_EVENTS)[number];

/** One signed event of Kisi's (kisi/facts.md §8). */
export interface KisiEvent {
  uuid: string;
  type: FollowedKisiEvent;
  /** Who did it; `id` is `null` where nobody is known, as for a request to exit. */
  actor: { type: string; id: number | null; name: string | null };
  /** Kisi's id of the lock or role assignment; `null`: the event names none. */
  objectId: number | null;
  /** False: it was refused, as `errorCode` says. */
  success: boolean;
  errorCode: string | null;
  /** When it happened, by Kisi's clock; ms UTC. */
  at: number;
}

export interface KisiEventDeps {
  store: Store;
  messages: Pick<AccessMessages, 'pokePass' | 'revokeGrant' | 'deliverEvents'>;
  clock: Clock;
  log: Logger;
  metrics: Pick<Metrics, 'kisiDrift'>;
}

/** Why an event changed nothing. */
export const EVENT_IGNORED_BECAUSE = [
  'repetition',
  'type_unknown',
  'other_organization',
  'integration_inactive',
  'door_not_mapped',
  'own_change',
  'row_unknown',
  'not_needed',
] as const;
export type EventIgnoredBecause = (typeof EVENT_IGNORED_BECAUSE)[number];

/** What became of an event. `drift`: it told of one. */
export interface EventFollowed {
  ignored: EventIgnoredBecause | null;
  drift?: KisiDrift;
}

/** Kisi's actor as the access log names it: without the name, which is a person's. */
export function actorOfKisi({ actor }: Pick<KisiEvent, 'actor'>): Actor {
  return { type: 'kisi', id: actor.id === null ? actor.type : `${actor.type}:${String(actor.id)}` };
}

/** Kisi's actor in words, for the reason of a log row, which is forgotten with its member. */
export function nameOfActor({ actor }: Pick<KisiEvent, 'actor'>): string {
  const id = actor.id === null ? '' : ` ${String(actor.id)}`;
  const kisi = `Kisi's ${actor.type.toLowerCase()}${id}`;
  return actor.name === null ? kisi : `${actor.name} (${kisi})`;
}
