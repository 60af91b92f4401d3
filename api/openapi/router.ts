import { Router } from 'express';
import { serveFiles, setup } from 'swagger-ui-express';
import type { OperationSpec } from '../http/operation';
import { describeApi } from './document';
import { docsPage, openApiDocument } from './schema';

/** The description of the API, for programs and for people. */
export function docsRouter(operations: readonly OperationSpec[]): Router {
  const document = describeApi(operations);
  const router = Router();
  const options = { swaggerOptions: { url: openApiDocument.path, persistAuthorization: false } };

  router.get(openApiDocument.path, (_req, res) => {
    res.json(document);
  });
  // The page loads its files relative to itself, so it is answered at `/docs/` and never without slash.
  router.get(
    docsPage.path,
    (req, res, next) => {
      if (req.path.endsWith('/')) next();
      else res.redirect(302, `${docsPage.path}/`);
    },
    setup(undefined, options),
  );
  router.use(docsPage.path, ...serveFiles(undefined, options));

  return router;
}
