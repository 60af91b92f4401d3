import type { AskedPass } from '../contracts/grant-messages';
import type { Grant, Problem, Provisioning } from './grant';
import { isFinal } from './grant-life';

/** What the document shows of the passes' reports. */
export interface ShownProvisioning {
  provisioning: Provisioning;
  problem: Problem | null;
  settled: boolean;
}

/**
 * What of the grant has reached Kisi, from the reports about the present revision. The pass that
 * the door leads to now speaks for a wanted grant; one that is let go shows the slowest release.
 * A change is settled once provisioning is final and no former pass still holds the grant.
 */
export function provisioningOf(
  grant: Grant,
  passes: readonly AskedPass[],
  doorProblem: Problem | null,
  wanted: boolean,
): ShownProvisioning {
  const current = passes.map(({ mode, report }) => ({
    mode,
    report: report?.wishRevision === grant.revision ? report : null,
  }));
  const releasing = current.filter(({ mode }) => mode !== 'wanted' || !wanted);
  const released = releasing.every(({ report }) => report?.state === 'removed');

  if (wanted) {
    const holder = current.find(({ mode }) => mode === 'wanted');
    const provisioning = holder?.report?.state ?? 'pending';
    const problem = doorProblem ?? holder?.report?.problem ?? null;
    return { provisioning, problem, settled: isFinal(provisioning) && released };
  }
  const trouble = releasing.find(({ report }) => report?.state === 'attention')?.report ?? null;
  if (trouble) return { provisioning: 'attention', problem: trouble.problem, settled: false };
  if (released) return { provisioning: 'removed', problem: null, settled: true };
  const waiting = releasing.find(({ report }) => report?.problem)?.report?.problem ?? null;
  return { provisioning: 'removing', problem: waiting, settled: false };
}

/** Before the passes know of the present revision. */
export function notYetAsked(wanted: boolean): ShownProvisioning {
  return { provisioning: wanted ? 'pending' : 'removing', problem: null, settled: false };
}
