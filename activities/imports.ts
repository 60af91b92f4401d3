import type { AccessDeps } from '../src/access/deps';
import { importChunk } from '../src/access/import-chunk';
import type { ImportActivities } from '../src/contracts/import-activities';

/** Activities of imports on `access-records`. */
export function createImportActivities(deps: AccessDeps): ImportActivities {
  const { jobs, imports } = deps.store;
  return {
    async beginImport({ jobId, by, total }) {
      await jobs.begin({ id: jobId, kind: 'import', subjectId: jobId, by, total });
    },
    importChunk: (input) => importChunk(deps, input),
    async endImport({ jobId, state, message, totals }) {
      await jobs.end(jobId, { state, message, result: totals });
      await imports.remove(jobId);
    },
  };
}
