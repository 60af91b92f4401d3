import type { OperationSpec } from '../../api/http/operation';
import type { CallOptions } from './api-under-test';

/** The query that a route cannot do without. */
function queryOf({ id }: OperationSpec): Pick<CallOptions, 'query'> {
  if (id === 'listKisiResources') return { query: { type: 'lock' } };
  if (id === 'explainAccess') return { query: { doorMappingId: 'unknown_1' } };
  return ['deleteBooking', 'deleteMembership'].includes(id) ? { query: { version: '1' } } : {};
}

/** A request that is valid in form; what it names does not exist. */
export function wellFormed(spec: OperationSpec): CallOptions {
  return {
    params: { id: 'unknown_1', doorMappingId: 'unknown_1', lockId: '999', eventId: 'unknown_1' },
    ...queryOf(spec),
    ...(spec.body ? { body: spec.bodyExample } : {}),
  };
}
