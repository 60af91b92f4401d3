import type { Grant } from '../../src/domain/grant';
import type { Store } from '../../src/store';
import type { CommandAnswer } from '../../src/temporal/grant-commands';
import type { GrantRefusal } from '../../src/contracts/grant-messages';
import { found } from '../http/outcomes';
import { ApiProblem, type ProblemCode } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';

const REFUSALS: Readonly<Record<GrantRefusal, ProblemCode>> = {
  grant_over: 'grant_over',
  window_invalid: 'window_invalid',
  message_invalid: 'message_invalid',
  source_stopped: 'source_stopped',
  follows_source: 'follows_source',
};

/**
 * Sends a change to the grant's workflow and reads what came of it: the grant as the workflow
 * answered it, or as it is stored when the workflow was too slow to answer.
 *
 * @throws ApiProblem when the workflow refuses, or does not exist.
 */
export async function commandGrant(
  store: Store,
  id: string,
  send: () => Promise<CommandAnswer>,
): Promise<{ grant: Grant; settled: boolean }> {
  found(await store.grants.get(id), 'grant_not_found', id);
  const result = await reachTemporal(send);
  switch (result.outcome) {
    case 'answered':
      return { grant: result.grant, settled: result.grant.settled };
    case 'accepted': {
      const grant = found(await store.grants.get(id), 'grant_not_found', id);
      // What is stored may still be the state before the change, which says nothing about it.
      return { grant: { ...grant, settled: false }, settled: false };
    }
    case 'refused':
      throw new ApiProblem(REFUSALS[result.refusal], { detail: result.detail });
    case 'not_found':
      throw new ApiProblem('grant_not_found', { detail: `No grant has the id ${id}.` });
  }
}
