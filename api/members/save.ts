import { saveMember as save } from '../../src/access/save-member';
import { BeingErased, DuplicateKey, type Member } from '../../src/store';
import type { ApiDeps } from '../deps';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';

/**
 * Makes or replaces a member, whether a request or an event says so.
 *
 * @throws ApiProblem when the address is taken, the member is being erased, or Temporal is away
 */
export async function saveMember(
  deps: ApiDeps,
  member: Pick<Member, 'id' | 'email' | 'name'>,
): Promise<Member> {
  try {
    return await reachTemporal(() => save(deps, member));
  } catch (error) {
    if (error instanceof BeingErased) {
      throw new ApiProblem('member_being_erased', { cause: error });
    }
    if (!(error instanceof DuplicateKey)) throw error;
    throw new ApiProblem('email_taken', { cause: error });
  }
}
