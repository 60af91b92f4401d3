import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mean } from 'simple-statistics';
import { ensureLockGroup } from '../../src/access/lock-group';
import { syncPass } from '../../src/access/sync-pass';
import type { SyncPassResult } from '../../src/contracts/activities';
import type { PassMemory } from '../../src/contracts/pass-messages';
import type { PassRef } from '../../src/domain/door';
import { openBareAccess, type BareAccess } from '../bare-access';
import { wholeSecond } from '../house';
import { callsBetween } from '../kisi-calls';
import type { Benchmark, Figure } from '../row';
import { percentiles } from '../statistics';

const HOUR = 3_600_000;
/** After this no slot of the limiter is taken any more. */
const IDLE_MS = 1_300;

/** One look: its time in all, how many calls it made, and what of the time Kisi took. All times in ms. */
interface Look {
  took: number;
  calls: number;
  atKisi: number;
  memory: PassMemory | null;
}

/** What a look of a pass costs by itself: MongoDB, the limiter and Kisi, without Temporal around it. */
export const passLook: Benchmark = {
  name: 'sync-pass',
  title: 'One look of a pass, alone',
  usesTemporal: false,
  async run({ servers, quick, log }) {
    const access = await openBareAccess(servers);
    try {
      const pass = await prepare(access, log);
      const looks = { create: [] as Look[], rest: [] as Look[], remove: [] as Look[] };
      let turn = 1;
      for (let index = 0; index < (quick ? 3 : 20); index += 1) {
        const wish = wishOf(turn);
        const look = async (wanted: boolean, memory: PassMemory | null): Promise<Look> => {
          await access.deps.store.wishes.write(pass, { ...wish, revision: turn, wanted });
          await sleep(IDLE_MS);
          turn += 1;
          return measure(access, pass, turn, memory);
        };
        const created = await look(true, null);
        looks.create.push(created);
        looks.rest.push(await look(true, created.memory));
        looks.remove.push(await look(false, created.memory));
      }
      return {
        figures: [
          ...describe('creates a row', looks.create),
          ...describe('finds all in order', looks.rest),
          ...describe('removes a row', looks.remove),
        ],
        notes: [
          'syncPass called directly on an idle limiter, 50 ms a call at Kisi; its messages to grants are not sent. The first look knows no rows and lists them; the others remember them.',
        ],
      };
    } finally {
      await access.close();
    }
  },
};

/** Links the member and makes the lock's group, which happens once only. */
async function prepare(access: BareAccess, log: (line: string) => void): Promise<PassRef> {
  const { deps, organizationId, memberId, lockId } = access;
  const pass: PassRef = { memberId, organizationId, target: { kind: 'lock', id: lockId } };
  log('Making the lock group …');
  for (;;) {
    const made = await ensureLockGroup(deps, { organizationId, lockId });
    if (made.outcome !== 'again') break;
    await sleep(made.afterMs);
  }
  const wish = wishOf(1);
  await deps.store.wishes.write(pass, { ...wish, wanted: true });
  const { memory } = await measure(access, pass, 1, null);
  await deps.store.wishes.write(pass, { ...wish, revision: 2, wanted: false });
  await measure(access, pass, 2, memory);
  return pass;
}

function wishOf(revision: number): {
  grantId: string;
  revision: number;
  from: number;
  until: number;
} {
  const now = wholeSecond(Date.now());
  return { grantId: `grt_${randomUUID()}`, revision, from: now, until: now + HOUR };
}

async function measure(
  { deps, simulator }: BareAccess,
  pass: PassRef,
  turn: number,
  memory: PassMemory | null,
): Promise<Look> {
  const since = Date.now();
  const began = performance.now();
  const result: SyncPassResult = await syncPass(deps, { pass, turn, memory }, 1);
  const took = performance.now() - began;
  if (result.outcome !== 'synced') throw new Error(`The look was ${result.outcome}.`);
  const calls = callsBetween(simulator, since);
  const atKisi = calls.reduce((sum, { arrivedAt, endedAt }) => sum + (endedAt ?? 0) - arrivedAt, 0);
  return { took, calls: calls.length, atKisi, memory: result.memory };
}

function describe(what: string, looks: readonly Look[]): Figure[] {
  return [
    ...percentiles(
      what,
      looks.map(({ took }) => took),
      'ms',
    ),
    {
      name: `${what}, not at Kisi, mean`,
      value: mean(looks.map(({ took, atKisi }) => took - atKisi)),
      unit: 'ms',
    },
    { name: `${what}, calls`, value: mean(looks.map(({ calls }) => calls)), unit: 'count' },
  ];
}
