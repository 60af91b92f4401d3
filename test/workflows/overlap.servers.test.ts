import { setTimeout as sleep } from 'node:timers/promises';
import type { SwitchesPatch } from '../../simulator';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping, Member } from '../../src/store';
import { expectNoGap } from '../support/oracle';
import { startFastStack, type Stack } from '../support/stack';
import { judge, judgeSpan, secondsFromNow, sleepUntil } from './support';

/** How often the whole span is judged besides its boundaries. */
const EVERY_MS = 100;
const WARM = 12;
/**
 * A second of the stories, in ms: more than a real one, since all begin at once and machines are slow,
 * and whole ones, as windows are.
 */
const SECOND_MS = 2_000;

/** What an organization may do with a second row and with a changed window; `gap`: a change may need one. */
const MODES: { name: string; switches: SwitchesPatch; oneRow: boolean; gap: boolean }[] = (
  [
    ['conflict', 'honoured'],
    ['conflict', 'ignored'],
    ['conflict', 'refused'],
    ['newRow', 'honoured'],
    ['newRow', 'ignored'],
    ['newRow', 'refused'],
    ['unprocessable', 'honoured'],
  ] as const
).map(([duplicateGrant, patchWindow]) => ({
  name: `second row ${duplicateGrant}, PATCH ${patchWindow}`,
  switches: { duplicateGrant, patchWindow },
  oneRow: duplicateGrant !== 'newRow',
  gap: duplicateGrant !== 'newRow' && patchWindow !== 'honoured',
}));

describe.each(MODES)('where Kisi answers: $name', ({ switches, oneRow, gap }) => {
  let stack: Stack;
  let mapping: DoorMapping;
  /** The second that every story of this mode begins at. */
  let t0: number;
  beforeAll(async () => {
    stack = await startFastStack();
    stack.simulator.setSwitches(switches);
    mapping = await stack.lockMapping();
    // The lock's group is made ahead and everything is warm, so that the stories begin alike.
    const warm = [...Array(WARM).keys()].map(async () =>
      stack.grant({ member: await stack.newMember(), mapping }),
    );
    for (const { id } of await Promise.all(warm)) await stack.settled(id);
  });
  afterAll(async () => {
    await stack.close();
  });

  const grant = (member: Member, from: number, until: number | null): Promise<Grant> =>
    stack.grant({
      member,
      mapping,
      startsAt: t0 + from * SECOND_MS,
      endsAt: until === null ? null : t0 + until * SECOND_MS,
    });
  const settle = (...grants: Grant[]): Promise<Grant[]> =>
    Promise.all(grants.map(({ id }) => stack.settled(id)));
  const at = (seconds: number): Promise<void> => sleepUntil(t0 + seconds * SECOND_MS);
  const revoke = async ({ id }: Grant): Promise<void> => {
    const from = Date.now();
    expect(await stack.commands.revoke(id, {})).toMatchObject({ outcome: 'answered' });
    await stack.settled(id);
    revokes.push({ id, from, until: Date.now() });
  };
  const revokes: { id: string; from: number; until: number }[] = [];
  /** While the grant was revoked, and at most until the other one ends. */
  const neverShut = (member: Member, { id }: Grant, end: number): void => {
    const span = revokes.find((done) => done.id === id);
    if (gap || !span) return;
    const until = Math.min(span.until, t0 + end * SECOND_MS);
    expectNoGap(stack, member, mapping.resourceId, { from: span.from, until });
  };
  const isOpen = (member: Member): boolean => stack.couldOpen(member, mapping.resourceId);

  /** Each story has a member of its own; `ends`: the instants at which it must turn. */
  const stories: Record<
    string,
    { play: (member: Member) => Promise<void>; open: [from: number, until: number | null][] }
  > = {
    'two grants of one door, each revoked in turn': {
      open: [],
      async play(member) {
        const first = await grant(member, 0, 60);
        const second = await grant(member, 0, 60);
        await settle(first, second);
        await revoke(first);
        neverShut(member, first, 60);
        expect(isOpen(member)).toBe(true);
        await revoke(second);
        expect(isOpen(member)).toBe(false);
        expect(stack.rowsOf(member)).toEqual([]);
      },
    },
    'touching windows': {
      open: [[8, 11]],
      async play(member) {
        // Far enough ahead that both are written before the first begins, on a slow machine too.
        await settle(await grant(member, 8, 10), await grant(member, 10, 11));
        expect(stack.rowsOf(member)).toHaveLength(1);
      },
    },
    'one inside the other': {
      open: [[0, 8]],
      async play(member) {
        const outer = await grant(member, 0, 8);
        await settle(outer);
        const inner = await grant(member, 3, 6);
        await settle(inner);
        await at(4);
        await revoke(inner);
        neverShut(member, inner, 8);
      },
    },
    'the earlier one revoked': {
      open: [[5, 8]],
      async play(member) {
        const earlier = await grant(member, 0, 7);
        const later = await grant(member, 5, 8);
        await settle(earlier, later);
        await revoke(earlier);
      },
    },
    'the later one revoked': {
      open: [[0, 7]],
      async play(member) {
        const earlier = await grant(member, 0, 7);
        const later = await grant(member, 4, 60);
        await settle(earlier, later);
        await revoke(later);
        neverShut(member, later, 7);
      },
    },
    'an open-ended one, as of a plan, and a short one': {
      open: [[0, null]],
      async play(member) {
        const plan = await grant(member, 0, null);
        const short = await grant(member, 0, 4);
        await settle(plan, short);
      },
    },
    'a short one that outlives the open-ended one': {
      open: [[0, 8]],
      async play(member) {
        const plan = await grant(member, 0, null);
        const short = await grant(member, 0, 8);
        await settle(plan, short);
        await revoke(plan);
        neverShut(member, plan, 8);
      },
    },
    'disjoint windows': {
      open: [
        [0, 7],
        [9, 11],
      ],
      async play(member) {
        const first = await grant(member, 0, 7);
        const next = await grant(member, 9, 11);
        await settle(first, next);
        const waiting = await stack.read(next.id);
        expect(waiting.provisioning).toBe(oneRow ? 'queued' : 'in_place');
        expect(stack.rowsOf(member)).toHaveLength(oneRow ? 1 : 2);
        await at(9);
        await stack.until(next.id, ({ provisioning }) => provisioning === 'in_place');
      },
    },
    'one that is extended into the next': {
      open: [[0, 10]],
      async play(member) {
        const first = await grant(member, 0, 6);
        const next = await grant(member, 8, 10);
        await settle(first, next);
        const from = Date.now();
        await stack.commands.changeWindow(first.id, { endsAt: t0 + 8 * SECOND_MS }, {});
        await settle(first, next);
        const until = Math.min(Date.now(), t0 + 6 * SECOND_MS);
        if (!gap) expectNoGap(stack, member, mapping.resourceId, { from, until });
      },
    },
  };

  it('keeps the promise in every story of overlapping grants', async () => {
    t0 = secondsFromNow(0);
    const played = await Promise.all(
      Object.entries(stories).map(async ([name, story]) => {
        const member = await stack.newMember();
        await story.play(member).catch((error: unknown) => {
          throw new Error(`${name}: ${String(error)}`, { cause: error });
        });
        return { name, member, story };
      }),
    );
    await at(11);
    await sleep(500);
    for (const { name, member, story } of played) {
      const lock = mapping.resourceId;
      await judgeSpan(stack, member, lock, {
        from: t0,
        until: t0 + 11 * SECOND_MS + 500,
        everyMs: EVERY_MS,
      });
      for (const [from, until] of story.open) {
        await judge(stack, member, lock, [t0 + from * SECOND_MS - 1, t0 + from * SECOND_MS]);
        // By the end of each window every change has settled: it must end in time, and not earlier.
        const end = t0 + (until ?? 11) * SECOND_MS;
        await judge(stack, member, lock, [end - 1, end]);
        expect([name, from, stack.couldOpen(member, lock, end - 1)]).toEqual([name, from, true]);
        const stays = until === null;
        expect([name, from, stack.couldOpen(member, lock, end)]).toEqual([name, from, stays]);
      }
    }
    const learned = await stack.store.integrations.get(stack.integration.id);
    expect(learned?.learned.secondRows).toBe(oneRow ? 'refused' : 'accepted');
  });
});
