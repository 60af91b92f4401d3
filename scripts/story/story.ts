import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { seedDemo } from './demo-data';
import { jsonClient, StoryError, type JsonClient } from './json-client';

/** Long enough for the access to be in place where servers have just started, short enough to watch it end. */
const WINDOW_MS = 15_000;
/** How late Kisi may close the door before the story counts as failed. */
const LATEST_CLOSE_MS = 3000;
const POLL_MS = 25;

export interface StoryOptions {
  apiUrl: string;
  /** The simulated Kisi, whose ledger is the judge. */
  simulatorUrl: string;
  adminApiKey: string;
  kisiApiKey: string;
  print: (line: string) => void;
}

const grant = z.object({
  id: z.string(),
  status: z.string(),
  provisioning: z.string(),
  settled: z.boolean(),
  problem: z.object({ detail: z.string() }).nullable(),
});
type Grant = z.output<typeof grant>;

const ledgerAnswer = z.object({ open: z.boolean() });

/**
 * The main job, shown as it really happens: each line is read from the API or from the simulator's
 * ledger, with measured times.
 * @throws StoryError when a step does not happen, or cannot be read.
 */
export async function tellStory(options: StoryOptions): Promise<void> {
  const { print } = options;
  const api = jsonClient(options.apiUrl, options.adminApiKey);
  const simulator = jsonClient(options.simulatorUrl);
  const { member, door } = await seedDemo(api, options.kisiApiKey);
  const couldOpen = async (): Promise<boolean> => {
    const query = new URLSearchParams({ email: member.email, lockId: String(door.lockId) });
    return (await simulator.call(`/_sim/could-open?${query.toString()}`, ledgerAnswer)).open;
  };

  if (await couldOpen()) throw new StoryError(`${member.name} could open ${door.name} before`);
  print(`could open: no        ${member.name} has no access to ${door.name} yet`);

  const started = performance.now();
  const endsAt = wholeSecondAfter(Date.now() + WINDOW_MS);
  const { id } = await api.call(`/v1/members/${member.id}/grants`, grant, {
    method: 'POST',
    idempotencyKey: randomUUID(),
    body: {
      doorMappingId: door.mappingId,
      endsAt: new Date(endsAt).toISOString(),
      reason: 'Shown by npm start',
    },
  });
  print(`accepted              after ${since(started)}: grant ${id}, until ${time(endsAt)}`);

  await untilInPlace(api, id, endsAt);
  print(`in place at Kisi      after ${since(started)}`);

  if (!(await couldOpen())) throw new StoryError('in place, but the door would not open');
  print(`could open: yes       after ${since(started)}, says the simulated Kisi's ledger`);

  await sleep(Math.max(0, endsAt - Date.now() - 500));
  if (Date.now() < endsAt - 100 && !(await couldOpen())) {
    throw new StoryError('the door closed before the end');
  }
  await untilClosed(couldOpen, endsAt);
  print(`could open: no        ${((Date.now() - endsAt) / 1000).toFixed(2)} s after the end`);

  const { status } = await api.call(`/v1/grants/${id}`, grant);
  if (status !== 'expired') throw new StoryError(`the grant is ${status} after its end`);
  print(`${status.padEnd(21)} says the API`);
}

async function untilInPlace(api: JsonClient, id: string, endsAt: number): Promise<void> {
  let seen: Grant;
  do {
    seen = await api.call(`/v1/grants/${id}`, grant);
    if (seen.settled && seen.provisioning === 'in_place') return;
    await sleep(POLL_MS);
  } while (Date.now() < endsAt);
  const why = seen.problem === null ? '' : `: ${seen.problem.detail}`;
  throw new StoryError(`the access was not in place before its end (${seen.provisioning}${why})`);
}

async function untilClosed(couldOpen: () => Promise<boolean>, endsAt: number): Promise<void> {
  while (await couldOpen()) {
    if (Date.now() > endsAt + LATEST_CLOSE_MS) {
      throw new StoryError(`the door was still open ${LATEST_CLOSE_MS} ms after the end`);
    }
    await sleep(POLL_MS);
  }
}

/** Kisi keeps whole seconds. */
function wholeSecondAfter(at: number): number {
  return Math.ceil(at / 1000) * 1000;
}

function since(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(2)} s`;
}

function time(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)} UTC`;
}
