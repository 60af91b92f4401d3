import type { RequestEntry } from '../simulator';
import type { Simulator } from '../simulator';

/** The calls that reached Kisi from `since` (ms UTC) to `until`, both included. */
export function callsBetween(
  simulator: Simulator,
  since: number,
  until = Number.POSITIVE_INFINITY,
): RequestEntry[] {
  return simulator.requests().filter(({ arrivedAt }) => arrivedAt >= since && arrivedAt <= until);
}

/** Whether it made or removed a role assignment, and Kisi did it. */
export function isDone(call: RequestEntry, method: 'POST' | 'DELETE'): boolean {
  const { doneStatus, path } = call;
  const done = doneStatus !== null && doneStatus >= 200 && doneStatus < 300;
  return done && call.method === method && path.startsWith('/role_assignments');
}
