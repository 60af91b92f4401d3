import type { Client } from '@temporalio/client';

/** A request of the API does not wait longer than this for a Temporal that does not answer. */
const CALL_DEADLINE_MS = 4_000;

/**
 * The same functions, each of which gives up when Temporal has not answered in time. Left alone, a call
 * is tried again for some 20 s, which is right for an activity and too long for somebody who waits.
 *
 * @param room its functions call Temporal through this client
 */
export function withinDeadline<Room extends object>(
  client: Client,
  room: Room,
  deadlineMs: number = CALL_DEADLINE_MS,
): Room {
  return new Proxy(room, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      const call = value as (...args: unknown[]) => unknown;
      return (...args: unknown[]) =>
        client.withDeadline(Date.now() + deadlineMs, () =>
          Promise.resolve(Reflect.apply(call, target, args)),
        );
    },
  });
}
