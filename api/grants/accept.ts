import type { Actor, Grant } from '../../src/domain/grant';
import { acceptedGrant, windowFault } from '../../src/domain/grant-life';
import { wholeSecond } from '../../src/domain/windows';
import type { Store } from '../../src/store';
import { DEFAULT_LIMITS, type ApiDeps } from '../deps';
import { found } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';
import { settlementWatchOf } from './settlement-watch';

/** What an admin asks for. Instants in ms UTC, whole seconds. */
export interface GrantRequest {
  memberId: string;
  doorMappingId: string;
  startsAt?: number | undefined;
  endsAt: number | null;
  reason?: string | undefined;
}

/**
 * Accepts a manual grant. The start of its workflow is the commit: before it nothing exists, after it
 * the grant exists whatever happens here. Only then is the document written, so that it can be read
 * at once; the workflow's own records replace it (record number 0 is older than all of theirs).
 *
 * Repeating it with the same id goes on where an earlier attempt died: a grant that is stored was
 * accepted before and is not judged again, and one that was only started is not started twice.
 *
 * @param arrivedAt when the request arrived, on the clock of `performance.now()`, ms. The wait counts
 *   from there, so that a start that was slow already does not hold the caller any longer.
 * @returns the stored grant, after a bounded wait for it to be settled.
 * @throws ApiProblem when the request cannot be accepted.
 */
export async function acceptGrant(
  deps: ApiDeps,
  request: GrantRequest,
  id: string,
  by: Actor,
  arrivedAt: number = performance.now(),
): Promise<Grant> {
  const known = await deps.store.grants.get(id);
  if (known !== null) return settledOrLatest(deps, known, arrivedAt);

  const now = deps.clock.now();
  const startsAt = request.startsAt ?? wholeSecond(now);
  requireWindow(startsAt, request.endsAt, now);
  found(await deps.store.members.get(request.memberId), 'member_not_found', request.memberId);
  await requireOpenMapping(deps.store, request.doorMappingId);

  const grant = acceptedGrant(
    {
      id,
      memberId: request.memberId,
      doorMappingId: request.doorMappingId,
      source: 'manual',
      sourceId: null,
      startsAt,
      endsAt: request.endsAt,
      reason: request.reason ?? null,
    },
    now,
    by,
  );
  await reachTemporal(() => deps.grants.start(grant));
  await deps.store.grants.insertAccepted(grant);
  return settledOrLatest(deps, grant, arrivedAt);
}

function requireWindow(startsAt: number, endsAt: number | null, now: number): void {
  const fault = windowFault(startsAt, endsAt);
  if (fault !== null) {
    throw new ApiProblem('window_invalid', {
      detail: fault,
      errors: [{ path: 'body.endsAt', message: fault, code: 'window_invalid' }],
    });
  }
  if (endsAt !== null && endsAt <= now) {
    const message = 'lies in the past: such a grant could never open a door.';
    throw new ApiProblem('window_past', {
      errors: [{ path: 'body.endsAt', message, code: 'window_past' }],
    });
  }
}

async function requireOpenMapping(store: Store, id: string): Promise<void> {
  const errors = (
    code: string,
    message: string,
  ): { path: string; message: string; code: string }[] => [
    { path: 'body.doorMappingId', message, code },
  ];
  const mapping = await store.doorMappings.get(id);
  if (mapping === null) {
    throw new ApiProblem('door_mapping_unknown', {
      errors: errors('door_mapping_unknown', `no door mapping has the id ${id}.`),
    });
  }
  if (!mapping.active) {
    throw new ApiProblem('door_mapping_inactive', {
      errors: errors('door_mapping_inactive', 'is not active.'),
    });
  }
  const integration = await store.integrations.get(mapping.integrationId);
  if (integration?.active !== true) {
    throw new ApiProblem('integration_inactive', {
      errors: errors('integration_inactive', 'belongs to an integration that is not active.'),
    });
  }
}

/**
 * Waits until the read model shows the grant settled, at most as long as the contract allows. Real
 * time on purpose: it bounds how long a caller is held, whatever the injected clock says.
 */
async function settledOrLatest(
  { store, limits }: ApiDeps,
  accepted: Grant,
  arrivedAt: number,
): Promise<Grant> {
  const deadline = arrivedAt + (limits?.settleWaitMs ?? DEFAULT_LIMITS.settleWaitMs);
  const latest = await settlementWatchOf(store.grants).untilSettled(accepted.id, deadline);
  return latest ?? accepted;
}
