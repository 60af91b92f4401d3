import type { GrantState, PassReport } from '../src/contracts/grant-messages';

/** Reports of passes that this run has not heard of yet; a grant asks one or two. */
const REMEMBERED_REPORTS = 20;

/**
 * Takes a report about a pass that was asked. False: it says nothing new. A pass may be faster than
 * the answer of the activity that asked it, and it says a thing only once, so what it tells before
 * this run knows of it is kept until then.
 */
export function takeReport(state: GrantState, report: PassReport): boolean {
  const asked = state.passes.find((entry) => entry.key === report.passKey);
  if (!asked) {
    state.early = [...state.early, report].slice(-REMEMBERED_REPORTS);
    return false;
  }
  if (!isNewer(report, asked.report)) return false;
  asked.report = report;
  return true;
}

/** The newest report about one pass, early ones included; `null` when there is none. */
export function latestReport(state: GrantState, passKey: string): PassReport | null {
  const known = state.passes.find((entry) => entry.key === passKey)?.report ?? null;
  return state.early
    .filter((report) => report.passKey === passKey)
    .reduce((latest, report) => (isNewer(report, latest) ? report : latest), known);
}

/** Of a newer revision of the wish, or a later look at the same. */
function isNewer(report: PassReport, known: PassReport | null): boolean {
  if (known === null || report.wishRevision > known.wishRevision) return true;
  return report.wishRevision === known.wishRevision && report.order > known.order;
}
