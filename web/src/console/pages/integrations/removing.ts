import type { Integration } from '../../../api/integrations';

/** Whether access is still being taken away: the key is dropped when a removal is done. */
export function isRemoving({
  active,
  apiKeyHint,
}: Pick<Integration, 'active' | 'apiKeyHint'>): boolean {
  return !active && apiKeyHint !== null;
}
