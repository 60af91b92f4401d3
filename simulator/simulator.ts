import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { createControlRoutes } from './control/routes';
import { createApi } from './http/api';
import type { ClockInput } from './clock';
import { applyDrift } from './drift';
import type { DriftInput } from './drift';
import type { FaultInput, FaultReport } from './faults';
import { releaseInput } from './faults';
import { answerCouldOpen } from './ledger';
import type { AccessAnswer } from './ledger';
import type { RequestEntry } from './request-log';
import type { Records } from './state/records';
import { applySeed } from './state/seed';
import type { SeedInput, SeededOrganization } from './state/seed';
import { changeSwitches } from './switches';
import type { Switches, SwitchesPatch } from './switches';
import type { Delivery } from './webhooks';
import type { World } from './world';

/** Who, which door, when (ms UTC; now when left out). The user by id, or by e-mail in the lock's organization. */
export type AccessQuestion = ({ email: string } | { userId: number }) & {
  lockId: number;
  at?: number;
};

/** All records as they are now (times in ms UTC), login secrets left out. */
export type StateReport = { now: number } & {
  [K in keyof Records]: Omit<Records[K], 'secret' | 'password' | 'signatureKey'>[];
};

/** A simulated Kisi: over HTTP once it listens, and in process through its methods at any time. */
export class Simulator {
  #server: Server | undefined;
  #isClosed = false;

  constructor(private readonly world: World) {}

  /** Starts to serve; port 0 takes a free one. Answers the base URL, without a slash at its end. */
  async listen(port = 0, host = '127.0.0.1'): Promise<string> {
    if (this.#server !== undefined) throw new Error('the simulator listens already');
    const app = express().disable('x-powered-by').disable('etag');
    app.get('/healthz', (_req, res) => {
      res.json({ status: 'ok' });
    });
    app.use('/_sim', createControlRoutes(this));
    app.use(createApi(this.world));
    const server = createServer(app);
    this.#server = server;
    this.#isClosed = false;
    try {
      server.listen(port, host);
      await once(server, 'listening');
    } catch (error) {
      this.#server = undefined;
      throw error;
    }
    return `http://${host}:${(server.address() as AddressInfo).port}`;
  }

  /** Stops serving: calls that are held or open are dropped, the state is stored. May listen again. */
  async close(): Promise<void> {
    // Closing twice must not write again: by then the file may belong to the next process.
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.world.faults.clear({ drop: true });
    this.world.webhooks.clear();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    }
    await this.world.persistAll();
  }

  /** Could this user open this lock at that instant? Past instants are judged by the state as it was then. */
  couldOpen(question: AccessQuestion): AccessAnswer {
    this.world.settle();
    const now = this.world.clock.now();
    const at = question.at ?? now;
    const view = this.world.state.view(at < now ? at : undefined);
    return answerCouldOpen(view, { ...question, at });
  }

  /** The calls that arrived at `since` (ms UTC, simulator's clock) or later. */
  requests(since?: number): RequestEntry[] {
    return this.world.requests.since(since);
  }

  /** Every attempt to bring an event to a webhook, oldest first. */
  deliveries(): Delivery[] {
    return this.world.webhooks.deliveries();
  }

  switches(): Switches {
    return structuredClone(this.world.switches);
  }

  /** Changes some switches and answers all of them; throws a ZodError on an unknown switch or value. */
  setSwitches(change: SwitchesPatch): Switches {
    this.world.switches = changeSwitches(this.world.switches, change);
    return this.switches();
  }

  /** Scripts a fault; throws a ZodError on one that makes no sense. */
  addFault(fault: FaultInput): FaultReport {
    return this.world.faults.add(fault);
  }

  faults(): FaultReport[] {
    return this.world.faults.list();
  }

  fault(id: number): FaultReport | undefined {
    return this.world.faults.get(id);
  }

  /** Resolves when the fault holds a call; rejects after `timeoutMs`, or when there is no such fault. */
  async waitUntilHeld(id: number, timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const fault = this.world.faults.get(id);
      if (fault === undefined) throw new RangeError(`there is no fault ${id}`);
      if (fault.held > 0) return;
      if (performance.now() > deadline) {
        throw new Error(`fault ${id} held no call within ${timeoutMs} ms`);
      }
      await sleep(5);
    }
  }

  /** Lets held calls go on, or drops them, and ends the fault. Answers false when there is none. */
  releaseFault(id: number, release: { drop?: boolean } = {}): boolean {
    return this.world.faults.release(id, releaseInput.parse(release));
  }

  /** Ends all faults; held calls go on. */
  clearFaults(): void {
    this.world.faults.clear({ drop: false });
  }

  /** Changes something behind the API's back; answers the id of what was made, changed or removed. */
  drift(drift: DriftInput): number {
    return applyDrift(this.world.state, drift, this.world.clock.now());
  }

  /** Moves the simulator's clock and answers its time (ms UTC). */
  setClock(command: ClockInput): number {
    this.world.clock.set(command);
    this.world.settle();
    return this.world.clock.now();
  }

  now(): number {
    return this.world.clock.now();
  }

  /** Adds organizations with their owners, keys, places, locks and groups; answers their ids by name. */
  seed(seed: SeedInput): SeededOrganization[] {
    return applySeed(this.world.state, seed, this.world.clock.now());
  }

  /** Back to the first seed: no faults, default switches, real clock, empty log. */
  reset(): void {
    this.world.reset();
  }

  state(): StateReport {
    this.world.settle();
    const { tables } = this.world.state;
    const entries = Object.entries(tables).map(([name, table]) => [
      name,
      table.all().map((record) => withoutSecrets(record)),
    ]);
    return { now: this.now(), ...Object.fromEntries(entries) } as StateReport;
  }

  /** Stores the state, where there is a data file. */
  persist(): Promise<void> {
    return this.world.persistAll();
  }
}

const secretFields = new Set(['secret', 'password', 'signatureKey']);

function withoutSecrets(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !secretFields.has(name)));
}
