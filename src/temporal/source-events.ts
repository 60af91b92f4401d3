import type { Client } from '@temporalio/client';
import { beginChange } from '../access/tell-untold';
import { systemClock } from '../clock';
import type { AccessChange } from '../contracts/mapping-change';
import type { Actor } from '../domain/grant';
import type { Job, Store } from '../store';
import { createAccessMessages } from './messages';

/** What follows from a change of mappings, plans or places. Structurally the API's `SourceEvents`. */
export function createSourceEvents(
  client: Client,
  store: Store,
): { changed(change: AccessChange, by: Actor): Promise<Job> } {
  const messages = createAccessMessages(client, systemClock);
  return { changed: (change, by) => beginChange({ store, messages }, change, by) };
}
