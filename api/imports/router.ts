import { Router } from 'express';
import { IMPORT_KINDS, type ImportKind } from '../../src/contracts/import-activities';
import type { ImportChunk } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { accepted } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';
import { presentJob } from '../jobs/present';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { createImport } from './schema';

/** Items in one chunk: some seconds of work, so that little is taken again after a crash. */
const CHUNK = 100;

export function importsRouter({ store, imports }: ApiDeps): Router {
  const router = Router();

  router.post(
    createImport.path,
    requireScopes(createImport),
    validate(createImport),
    idempotent(createImport, store.idempotency),
    answer(createImport, async ({ body, by, resourceId }) => {
      const jobId = `job_${resourceId}`;
      const chunks = chunksOf(body);
      const total = chunks.reduce((sum, { items }) => sum + items.length, 0);
      // All is kept before anything begins; the start of the workflow is the commit.
      for (const [number, chunk] of chunks.entries()) {
        await store.imports.put(jobId, number, chunk);
      }
      await reachTemporal(() => imports.start({ jobId, by, chunks: chunks.length, total }));
      const subject = { id: jobId, kind: 'import', subjectId: jobId } as const;
      const job = await store.jobs.begin({ ...subject, by, total });
      return accepted(presentJob(job), `/v1/jobs/${jobId}`);
    }),
  );

  return router;
}

function chunksOf(body: Record<ImportKind, unknown[]>): ImportChunk[] {
  return IMPORT_KINDS.flatMap((kind) => {
    const all = body[kind];
    const count = Math.ceil(all.length / CHUNK);
    return [...Array(count).keys()].map((index) => ({
      kind,
      firstIndex: index * CHUNK,
      items: all.slice(index * CHUNK, (index + 1) * CHUNK),
    }));
  });
}
