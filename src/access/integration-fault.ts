import type { ProbeResult } from '../contracts/activities';
import type { Problem, ProblemType } from '../domain/grant';
import { KisiError } from '../kisi';
import type { Integration, IntegrationFault } from '../store';
import { Attempt } from './attempt';
import type { AccessDeps, AccessMessages } from './deps';
import { NotConnected } from './kisi-connections';
import { integrationFault } from './problems';

/** How often a prober tries: an outage ends by itself, a bad key only by a person. */
const OUTAGE_PROBE_MS = 10_000;
const KEY_PROBE_MS = 5 * 60_000;
/** A fault whose prober has been silent for so long past its time is no longer believed. */
const PROBER_SILENT_MS = 30_000;

/** How long until the next probe is worth it. */
export function retryAfter(type: ProblemType): number {
  return type === 'kisi_unavailable' ? OUTAGE_PROBE_MS : KEY_PROBE_MS;
}

/**
 * Writes the one fault of the integration down and has it probed until it is gone. The prober is
 * told only of a fault that begins, or whose prober has fallen silent: thousands of passes that meet
 * the same fault would otherwise each make it probe.
 */
export async function rememberFault(
  deps: AccessDeps,
  integration: Integration,
  fault: Problem,
): Promise<void> {
  const { organizationId, keyVersion } = integration;
  const { fault: before } = integration;
  const silent = before !== null && isSilent(before, deps.clock.now());
  const first = await deps.store.integrations.recordFault(organizationId, {
    ...fault,
    nextProbeAt: deps.clock.now() + retryAfter(fault.type),
    keyVersion,
  });
  if (first) deps.log.warn({ organizationId, problem: fault.type }, 'The integration has a fault');
  if (first || silent) await deps.messages.startProber(organizationId);
}

/**
 * The fault that makes a call pointless now; `null` when a call is worth it. Thousands of passes
 * would otherwise each learn of the same outage by a timeout of their own.
 */
export function knownFault(integration: Integration, now: number): Problem | null {
  const { fault } = integration;
  if (!fault || isSilent(fault, now)) return null;
  return { type: fault.type, detail: fault.detail };
}

/**
 * Has the prober find out whether there is an outage, which it writes down, after a call beside the
 * passes went without an answer: where nothing else calls, nobody would notice. One that is known has
 * its prober. Never throws, for what the call was for goes on.
 */
export async function suspectOutage(
  {
    store,
    messages,
    clock,
    log,
  }: Pick<AccessDeps, 'store' | 'clock' | 'log'> & {
    messages: Pick<AccessMessages, 'startProber'>;
  },
  organizationId: number,
): Promise<void> {
  try {
    const integration = await store.integrations.byOrganization(organizationId);
    if (!integration || knownFault(integration, clock.now())) return;
    await messages.startProber(organizationId);
  } catch (error) {
    log.warn({ err: error, organizationId }, 'An outage may have begun, and is not probed');
  }
}

function isSilent(fault: IntegrationFault, now: number): boolean {
  return now > fault.nextProbeAt + PROBER_SILENT_MS;
}

/** One call that shows whether Kisi answers and takes the key; clears the fault when it does. */
export async function probeKisi(
  deps: AccessDeps,
  input: { organizationId: number },
): Promise<ProbeResult> {
  const { organizationId } = input;
  const integration = await deps.store.integrations.byOrganization(organizationId);
  // A read may succeed where the write that failed still would: every fault is given its time.
  const waitMs = (integration?.fault?.nextProbeAt ?? 0) - deps.clock.now();
  if (integration?.fault && waitMs > 0) {
    return { outcome: 'faulty', afterMs: waitMs, waitsFor: integration.fault.detail };
  }
  try {
    const kisi = await deps.kisi.forOrganization(organizationId);
    const call = new Attempt().call;
    // A list needs an admin's rights, which `GET /user` does not (kisi/facts.md §1); of all rows, since
    // anybody may list their own.
    await kisi.currentUser(call);
    await kisi.probeList('role_assignments', call);
    if (await deps.store.integrations.clearFault(organizationId)) {
      deps.log.info({ organizationId }, 'The integration is healed');
    }
    return { outcome: 'healthy' };
  } catch (error) {
    if (error instanceof NotConnected) return { outcome: 'healthy' };
    const fault = integrationFault(error);
    if (fault) {
      await deps.store.integrations.recordFault(organizationId, {
        ...fault,
        nextProbeAt: deps.clock.now() + retryAfter(fault.type),
        ...(integration ? { keyVersion: integration.keyVersion } : {}),
      });
      return { outcome: 'faulty', afterMs: retryAfter(fault.type), waitsFor: fault.detail };
    }
    if (error instanceof KisiError) {
      return { outcome: 'faulty', afterMs: OUTAGE_PROBE_MS, waitsFor: error.message };
    }
    throw error;
  }
}
