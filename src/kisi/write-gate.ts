import type { CallOptions } from './types';

/** What a call does to the access at Kisi: gives or alters something, or takes something away. */
export type WriteKind = 'change' | 'removal';

/**
 * Asked right before a call that writes, once its turn has come. Resolves with whether the leave that
 * was given still holds, which is asked once more when the bytes go out.
 *
 * @throws KisiStopped when such calls are stopped
 */
export type WriteGate = (kind: WriteKind) => Promise<() => boolean>;

/** Logins of members and their unlocks give nobody a right: a stop is not about them. */
const UNGATED: readonly string[] = ['/logins', '/logins/:id', '/locks/:id/unlock'];

/** What the gate is asked for; `null`: the call needs no leave. */
export function writeKindOf(
  { method, route }: { method: string; route: string },
  { partOfChange }: Pick<CallOptions, 'partOfChange'>,
): WriteKind | null {
  if (method === 'GET' || UNGATED.includes(route)) return null;
  return method === 'DELETE' && partOfChange !== true ? 'removal' : 'change';
}

/**
 * A gate for calls that belong together, such as a delete whose create must follow: the leave for the
 * first serves the next ones as long as it holds, so that no stop comes between them.
 */
export function sharedLeave(gate: WriteGate): WriteGate {
  const given = new Map<WriteKind, () => boolean>();
  return async (kind) => {
    const known = given.get(kind);
    if (known?.() === true) return known;
    const leave = await gate(kind);
    given.set(kind, leave);
    return leave;
  };
}
