import type { Grant, Window } from './grant';
import { windowOf } from './grant-life';
import { endOf, union } from './windows';

/** A span of time [from, until) with an end; ms since the epoch, UTC. */
export interface Span {
  from: number;
  until: number;
}

/** The parts of the windows that lie in the span. */
export function within(windows: readonly Window[], { from, until }: Span): Span[] {
  return windows
    .map((window) => ({
      from: Math.max(window.from, from),
      until: Math.min(endOf(window), until),
    }))
    .filter((part) => part.from < part.until);
}

/** A grant, and what keeps it from giving access beside its own stops. */
export interface GrantAtDoor {
  grant: Grant;
  /** Names the member's pass that the door leads to; `null`: the door is gone. */
  passKey: string | null;
  /** Since when it gives nothing (a hold, a removed connection); ms, UTC. `null`: it gives. */
  shutSince: number | null;
}

/**
 * What each member holds at each lock or group in the span: per pass the union of the windows of its
 * live grants. Passes that hold nothing there are left out.
 */
export function windowsOfPasses(grants: readonly GrantAtDoor[], span: Span): Map<string, Span[]> {
  const perPass = new Map<string, Window[]>();
  for (const { grant, passKey, shutSince } of grants) {
    if (passKey === null || grant.stops.length > 0) continue;
    const until = Math.min(endOf(windowOf(grant)), shutSince ?? span.until, span.until);
    const windows = perPass.get(passKey) ?? [];
    perPass.set(passKey, [...windows, { from: grant.startsAt, until }]);
  }
  const merged = [...perPass].map(([key, windows]): [string, Span[]] => [
    key,
    within(union(windows), span),
  ]);
  return new Map(merged.filter(([, windows]) => windows.length > 0));
}
