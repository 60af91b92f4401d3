import type { RequestHandler } from 'express';
import { Histogram, type Registry } from 'prom-client';
import { contextOf } from '../http/context';

/** Measures how long answers take, by method, declared path and status. */
export function observeDuration(registry: Registry): RequestHandler {
  const durations = new Histogram({
    name: 'latchkey_http_request_duration_seconds',
    help: 'From the arrival of a request until its answer is out.',
    labelNames: ['method', 'route', 'status'],
    // 2 s is the bounded wait of a grant's acceptance; beyond it something is wrong.
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 2.5, 5, 10],
    registers: [registry],
  });
  return (req, res, next) => {
    const end = durations.startTimer();
    res.once('close', () => {
      end({ method: req.method, route: contextOf(res).route, status: String(res.statusCode) });
    });
    next();
  };
}
