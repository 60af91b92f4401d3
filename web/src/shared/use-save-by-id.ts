import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { ApiProblem } from '../api/client';
import { isAnswered } from '../api/repeatable';

/** The id of what is to be added belongs to something that is there: the API's PUT would replace it. */
class IdTaken extends Error {}

/** A record that another system gave its id to. */
interface Identified {
  readonly id: string;
}

/**
 * Saves what another system gave an id to; what is new only under an id that is free. Pressed again
 * after nobody has answered, what is there by then may be this very record, and is saved once more.
 */
export function useSaveById<Entered extends Identified, Saved extends Identified>({
  kind,
  isNew,
  read,
  put,
  onTaken,
  onSaved,
}: {
  /** What is kept of it is kept under this and its id; lists of it under the plural. */
  kind: 'member' | 'plan';
  isNew: boolean;
  read: (id: string) => Promise<unknown>;
  put: (entered: Entered) => Promise<Saved>;
  onTaken: () => void;
  /** @returns what is said to the person */
  onSaved: (saved: Saved) => string;
}) {
  const queries = useQueryClient();
  /** The id under which something was sent that nobody has answered. */
  const unanswered = useRef<string | null>(null);
  const save = useMutation({
    mutationFn: async (entered: Entered) => {
      const { id } = entered;
      if (isNew && unanswered.current !== id && (await isThere(read(id)))) throw new IdTaken();
      unanswered.current = id;
      return put(entered);
    },
    onSuccess: (saved) => {
      queries.setQueryData([kind, saved.id], saved);
      notifications.show({ color: 'green', message: onSaved(saved) });
      // Its name is shown elsewhere, too.
      for (const queryKey of [[kind, saved.id], [`${kind}s`]]) {
        void queries.invalidateQueries({ queryKey });
      }
    },
    onError: (error) => {
      if (isAnswered(error)) unanswered.current = null;
      if (error instanceof IdTaken) onTaken();
    },
  });
  return { ...save, error: save.error instanceof IdTaken ? null : save.error };
}

async function isThere(read: Promise<unknown>): Promise<boolean> {
  try {
    await read;
    return true;
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return false;
    throw error;
  }
}
