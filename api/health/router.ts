import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { ApiProblem } from '../http/problems';
import { registerGrantGauge } from './grant-gauge';
import { registerStopGauge } from './stop-gauge';
import { healthz, metrics, readyz } from './schema';

const CHECK_MS = 2000;

/** Open to everybody, since those who ask (balancers, Prometheus) carry no key. */
export function healthRouter(deps: ApiDeps): Router {
  const { store, grants, registry } = deps;
  registerGrantGauge(deps);
  registerStopGauge(deps);
  const router = Router();

  router.get(healthz.path, (_req, res) => {
    res.json({ status: 'ok' });
  });

  router.get(readyz.path, async (req, res) => {
    const failures = await failuresOf({
      mongodb: () => store.ping(),
      temporal: () => grants.checkHealth(),
    });
    for (const { name, error } of failures) {
      req.log.warn({ err: error, check: name }, 'not ready');
    }
    if (failures.length > 0) {
      throw new ApiProblem('not_ready', {
        detail: `Cannot be reached: ${failures.map(({ name }) => name).join(', ')}.`,
        retryAfterSeconds: 5,
      });
    }
    res.json({ status: 'ready', checks: { mongodb: 'ok', temporal: 'ok' } });
  });

  router.get(metrics.path, async (_req, res) => {
    res.set('Content-Type', registry.contentType).send(await registry.metrics());
  });

  return router;
}

async function failuresOf(
  checks: Readonly<Record<string, () => Promise<void>>>,
): Promise<{ name: string; error: unknown }[]> {
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => {
      try {
        await withinTime(check());
        return [];
      } catch (error) {
        return [{ name, error }];
      }
    }),
  );
  return results.flat();
}

/** A dependency that hangs is as bad as one that is gone, and must not hold the probe. */
async function withinTime(check: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${CHECK_MS} ms`));
    }, CHECK_MS);
  });
  try {
    await Promise.race([check, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
