import type { Of } from '../../../api/client';
import type { Integration } from '../../../api/integrations';

/**
 * Why a key that works does not fit what it was pasted for. `other_organization`: it is of another
 * one than the connection; `connected`: another connection has its organization already.
 */
export type KeyMisfit = 'other_organization' | 'connected';

/**
 * @param own the connection whose key it is to be; `null`: one that is not saved yet
 * @param all the connections there are
 * @returns `null`: it fits, as far as is known
 */
export function misfitOf(
  { organization, integrationId }: Pick<Of<'ConnectionTest'>, 'organization' | 'integrationId'>,
  own: Pick<Integration, 'organization'> | null,
  all: readonly Pick<Integration, 'id' | 'active'>[],
): KeyMisfit | null {
  if (own !== null) {
    return own.organization.id === organization.id ? null : 'other_organization';
  }
  // One that was removed is connected again by this.
  return all.some(({ id, active }) => id === integrationId && active) ? 'connected' : null;
}
