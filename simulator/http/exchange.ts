import { setTimeout as sleep } from 'node:timers/promises';
import type { Request, Response } from 'express';
import type { ActiveFault, FaultScript } from '../faults';
import type { RequestEntry } from '../request-log';
import type { Answer } from './answer';
import { errorAnswer } from './answer';
import type { Caller } from './call';

/** One request on its way through the pipeline; `res.locals` of every API request. */
export interface Exchange {
  entry: RequestEntry;
  caller: Caller | undefined;
  fault: ActiveFault | undefined;
  /** ms UTC by the base clock, which the log and the rate go by. */
  baseNow: () => number;
}

/** A response whose locals are the exchange. */
export type ApiResponse = Response<unknown, Exchange & Record<string, unknown>>;

/** Sends an answer as it is and closes the log entry. */
export function send(res: ApiResponse, answer: Answer): void {
  const { entry, baseNow } = res.locals;
  entry.status = answer.status;
  entry.outcome = 'answered';
  entry.endedAt = baseNow();
  // Nobody may be listening any more: a worker that was killed while its call was held.
  if (res.destroyed) return;
  res.status(answer.status).set(answer.headers ?? {});
  if (answer.body === undefined) res.end();
  else if (typeof answer.body === 'string') res.type('html').send(answer.body);
  else res.json(answer.body);
}

/** Ends the connection without an answer: `reset` as a refusing host does, else as a dying one. */
export function drop(req: Request, res: ApiResponse, how: 'close' | 'reset' = 'close'): void {
  const { entry, baseNow } = res.locals;
  entry.outcome = 'dropped';
  entry.endedAt = baseNow();
  if (how === 'reset') req.socket.resetAndDestroy();
  else req.socket.destroy();
}

/** Applies the part of a fault that comes before the operation. Answers whether the operation may run. */
export async function beforeOperation(req: Request, res: ApiResponse): Promise<boolean> {
  const { fault } = res.locals;
  if (fault === undefined) return true;
  const { script } = fault;
  switch (script.kind) {
    case 'dropBefore':
      drop(req, res);
      return false;
    case 'answerBefore':
      send(res, scriptedAnswer(script));
      return false;
    case 'delay':
      await sleep(script.ms);
      return true;
    case 'hold':
      return script.when === 'before' ? goesOn(req, res, fault) : true;
    case 'dropAfter':
    case 'answerAfter':
      return true;
  }
}

/** Gives the answer of an operation that is done to the caller, or what a fault makes of it. */
export async function deliver(req: Request, res: ApiResponse, answer: Answer): Promise<void> {
  const { fault, entry } = res.locals;
  entry.doneStatus = answer.status;
  switch (fault?.script.kind) {
    case 'dropAfter':
      drop(req, res);
      return;
    case 'answerAfter':
      send(res, scriptedAnswer(fault.script));
      return;
    case 'hold':
      if (fault.script.when === 'before' || (await goesOn(req, res, fault))) send(res, answer);
      return;
    case 'dropBefore':
    case 'answerBefore':
    case 'delay':
    case undefined:
      send(res, answer);
  }
}

/** Waits for the release of a held call; false when it was to be dropped. */
async function goesOn(req: Request, res: ApiResponse, fault: ActiveFault): Promise<boolean> {
  const release = await fault.hold();
  if (release.drop) drop(req, res);
  return !release.drop;
}

function scriptedAnswer(
  script: Extract<FaultScript, { kind: 'answerBefore' | 'answerAfter' }>,
): Answer {
  const { status, headers } = script;
  const body = script.body ?? errorAnswer(status, 'Something went wrong, please try again.').body;
  return { status, headers, body };
}
