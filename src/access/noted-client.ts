import { KisiError, type KisiClient, type KisiErrorKind } from '../kisi';
import type { RowChangeStore, SentRowChange } from '../store';

/**
 * With these nothing was done at Kisi. A write is only `unavailable` where nothing was sent; once it
 * was, no answer and a 5xx are a lost reply (kisi/caller.ts, kisi/answers.ts).
 */
const NOT_DONE: readonly KisiErrorKind[] = [
  'refused',
  'duplicate',
  'configuration',
  'throttled',
  'unavailable',
  'too_late',
  'stopped',
];

/**
 * The same client, which notes every change and deletion of a role assignment before it is sent: Kisi's
 * event about it may arrive before the answer does, and must not pass for somebody else's doing.
 */
export function notedClient(
  client: KisiClient,
  notes: RowChangeStore,
  organizationId: number,
): KisiClient {
  const noted = async <T>(id: number, kind: SentRowChange, send: () => Promise<T>): Promise<T> => {
    const noteId = await notes.note(organizationId, id, kind);
    try {
      return await send();
    } catch (error) {
      if (error instanceof KisiError && NOT_DONE.includes(error.kind)) {
        await notes.withdraw(noteId).catch(() => {
          // A note too many only makes an event within minutes of it pass for ours.
        });
      }
      throw error;
    }
  };
  return {
    ...client,
    updateRoleAssignmentWindow: (id, window, options) =>
      noted(id, 'change', () => client.updateRoleAssignmentWindow(id, window, options)),
    deleteRoleAssignment: (id, options) =>
      noted(id, 'deletion', () => client.deleteRoleAssignment(id, options)),
    withReservedSlots: (count, options, work) =>
      client.withReservedSlots(count, options, (inner) =>
        work(notedClient(inner, notes, organizationId)),
      ),
  };
}
