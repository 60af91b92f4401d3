import express from 'express';
import type { NextFunction, Request, Response, Router } from 'express';
import { z } from 'zod';
import { clockInput } from '../clock';
import { driftInput } from '../drift';
import { faultInput, releaseInput } from '../faults';
import { sinceInput } from '../request-log';
import type { Simulator } from '../simulator';
import { seedInput } from '../state/seed';
import { switchesPatch } from '../switches';

const instant = z.union([
  z.coerce.number().int(),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

const couldOpenQuery = z
  .strictObject({
    email: z.string().optional(),
    userId: z.coerce.number().int().optional(),
    lockId: z.coerce.number().int(),
    at: instant.optional(),
  })
  .refine((query) => (query.email === undefined) !== (query.userId === undefined), {
    message: 'give either email or userId',
  });

const requestsQuery = z.strictObject({ since: sinceInput.optional() });
const faultId = z.coerce.number().int();

/**
 * The control routes, under `/_sim`: what the simulator can be asked and told from outside. They need no
 * key, are not logged and meet no fault. Bad input is answered with 400 and all that is wrong with it.
 */
export function createControlRoutes(simulator: Simulator): Router {
  const control = express.Router();
  control.use(express.json({ limit: '5mb' }));

  control.get('/could-open', (req, res) => {
    const { email, userId, lockId, at } = couldOpenQuery.parse(req.query);
    const who = email === undefined ? { userId: userId ?? 0 } : { email };
    res.json(simulator.couldOpen({ ...who, lockId, ...(at === undefined ? {} : { at }) }));
  });
  control.get('/requests', (req, res) => {
    res.json(simulator.requests(requestsQuery.parse(req.query).since));
  });
  control.get('/deliveries', (_req, res) => {
    res.json(simulator.deliveries());
  });
  control.get('/state', (_req, res) => {
    res.json(simulator.state());
  });

  control.get('/switches', (_req, res) => {
    res.json(simulator.switches());
  });
  control.put('/switches', async (req, res) => {
    switchesPatch.parse(req.body);
    const switches = simulator.setSwitches(req.body as z.input<typeof switchesPatch>);
    await simulator.persist();
    res.json(switches);
  });

  control.get('/faults', (_req, res) => {
    res.json(simulator.faults());
  });
  control.post('/faults', (req, res) => {
    faultInput.parse(req.body);
    res.status(201).json(simulator.addFault(req.body as z.input<typeof faultInput>));
  });
  control.delete('/faults', (_req, res) => {
    simulator.clearFaults();
    res.status(204).end();
  });
  control.get('/faults/:id', (req, res) => {
    const fault = simulator.fault(faultId.parse(req.params.id));
    if (fault === undefined) throw new RangeError(`there is no fault ${req.params.id}`);
    res.json(fault);
  });
  control.post('/faults/:id/release', (req, res) => {
    const release = releaseInput.parse(req.body ?? {});
    if (!simulator.releaseFault(faultId.parse(req.params.id), release)) {
      throw new RangeError(`there is no fault ${req.params.id}`);
    }
    res.status(204).end();
  });

  control.post('/drift', async (req, res) => {
    driftInput.parse(req.body);
    const id = simulator.drift(req.body as z.input<typeof driftInput>);
    await simulator.persist();
    res.json({ id });
  });
  control.get('/clock', (_req, res) => {
    res.json({ now: new Date(simulator.now()).toISOString() });
  });
  control.post('/clock', async (req, res) => {
    clockInput.parse(req.body);
    const now = simulator.setClock(req.body as z.input<typeof clockInput>);
    await simulator.persist();
    res.json({ now: new Date(now).toISOString() });
  });
  control.post('/seed', async (req, res) => {
    seedInput.parse(req.body);
    const organizations = simulator.seed(req.body as z.input<typeof seedInput>);
    await simulator.persist();
    res.status(201).json({ organizations });
  });
  control.post('/reset', async (_req, res) => {
    simulator.reset();
    await simulator.persist();
    res.status(204).end();
  });

  control.use((_req, res) => {
    res.status(404).json({ error: 'there is no such control route' });
  });
  control.use(refuse);
  return control;
}

/** Four arguments, so that Express takes it for an error handler. */
function refuse(error: unknown, _req: Request, res: Response, next: NextFunction): void {
  if (error instanceof z.ZodError) {
    res.status(400).json({ error: z.prettifyError(error), issues: error.issues });
  } else if (error instanceof RangeError) {
    res.status(404).json({ error: error.message });
  } else if (error instanceof SyntaxError) {
    res.status(400).json({ error: 'the body is not JSON' });
  } else next(error);
}
