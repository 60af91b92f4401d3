import type { Actor } from '../domain/grant';
import type { AccessDeps } from './deps';
import { missingEnd, readPage, startMissing } from './reconcile-grants';

const CONNECTED: Actor = { type: 'system', id: 'integration' };

/**
 * One page of all live grants: those of the integration's mappings ask their pass again, now that it
 * is connected. One without a workflow is started, as the reconciliation does.
 */
export async function wakeGrants(
  deps: AccessDeps,
  { integrationId, after }: { integrationId: string; after: string | null },
): Promise<{ asked: number; after: string | null }> {
  const now = deps.clock.now();
  const integration = await deps.store.integrations.get(integrationId);
  if (!integration?.active) return { asked: 0, after: null };
  if (after === null) await deps.store.doorMappings.setActive(integrationId, true);
  const page = await readPage(deps, now, after);
  let asked = 0;
  for (const grant of page.grants) {
    if (page.organizationOf.get(grant.doorMappingId) !== integration.organizationId) continue;
    asked += 1;
    if (page.running.has(grant.id)) {
      await deps.messages.askGrantAgain(grant.id, CONNECTED);
      continue;
    }
    const end = await missingEnd(deps, grant, now);
    // A terminated one may be a mistake: the reconciliation stops it, and asks a person if they are many.
    if (end === 'closed' || end === 'unknown') await startMissing(deps, grant, end, now);
  }
  return { asked, after: page.after };
}
