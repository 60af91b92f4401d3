import type { Integration } from '../store';
import type { EventFollowed, KisiEvent, KisiEventDeps } from './kisi-event';
import { followRowEvent } from './kisi-row-event';
import { followUnlockEvent } from './kisi-unlock-event';

/**
 * Follows one event. Kisi sends each at least once and in any order, so that all that is done here may
 * be done again: rows of the log have ids of the event, and passes are only told to look. An event is
 * done when all of it is, so that one whose following failed is followed when it comes again.
 *
 * @throws whatever MongoDB or Temporal say
 */
export async function followKisiEvent(
  deps: KisiEventDeps,
  integration: Integration,
  event: KisiEvent,
): Promise<EventFollowed> {
  const { store, metrics, log } = deps;
  if (!integration.active) return { ignored: 'integration_inactive' };
  if (await store.kisiEvents.isDone(integration.id, event.uuid)) return { ignored: 'repetition' };
  const followed =
    event.type === 'lock.unlock'
      ? await followUnlockEvent(deps, integration, event)
      : await followRowEvent(deps, integration, event);
  const { uuid, type, at } = event;
  const drift = followed.drift ?? null;
  const isFirst = await store.kisiEvents.markDone(integration.id, { uuid, type, at, drift });
  if (!isFirst) return { ignored: 'repetition' };
  if (drift) {
    metrics.kisiDrift.inc({ change: drift.change, answer: drift.answer });
    log.warn({ integrationId: integration.id, ...drift }, 'Somebody changed access at Kisi');
  }
  return followed;
}
