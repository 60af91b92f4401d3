import type { ProbeRightsResult } from '../contracts/integration-activities';
import { KisiError } from '../kisi';
import type { AccessDeps } from './deps';
import { rememberFault } from './integration-fault';
import { examineKey, missingRights } from './key-rights';
import { NotConnected } from './kisi-connections';
import { integrationFault } from './problems';

/** Its calls wait behind everything else's; within the activity's time. */
const PATIENCE_MS = 60_000;

/**
 * The daily look at one connection: whether Kisi answers and takes the key, and what the key may do.
 * An idle integration would otherwise learn of a dead key from the first member at the door.
 */
export async function probeRights(
  deps: AccessDeps,
  { organizationId }: { organizationId: number },
): Promise<ProbeRightsResult> {
  const { integrations } = deps.store;
  const integration = await integrations.byOrganization(organizationId);
  if (!integration?.active) return { outcome: 'looked', missing: [] };
  const { keyVersion, fault: known } = integration;
  try {
    const kisi = await deps.kisi.forOrganization(organizationId);
    const report = await examineKey(kisi, { deadline: Date.now() + PATIENCE_MS });
    const missing = missingRights(report.rights);
    await integrations.recordRights(organizationId, { missing, keyVersion });
    await integrations.recordSuccess(organizationId);
    // It alone clears a fault, and pokes who was held back.
    if (known) await deps.messages.startProber(organizationId);
    if (missing.length > 0) deps.log.warn({ organizationId, missing }, 'The Kisi key lacks rights');
    return { outcome: 'looked', missing };
  } catch (error) {
    if (error instanceof NotConnected) return { outcome: 'looked', missing: [] };
    if (!(error instanceof KisiError)) throw error;
    const fault = integrationFault(error);
    if (fault) await rememberFault(deps, integration, fault);
    return { outcome: 'faulty', waitsFor: fault?.detail ?? error.message };
  }
}
