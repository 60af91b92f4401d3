import { useSessionStorage } from '@mantine/hooks';

/** A connection that is added but not saved: it is known to this browser tab only. */
export interface Draft {
  readonly locationIds: readonly string[];
}

/** The draft of this tab, and how to change it; `null`: there is none. */
export function useDraft() {
  return useSessionStorage<Draft | null>({
    key: 'latchkey-integration-draft',
    defaultValue: null,
    getInitialValueInEffect: false,
  });
}
