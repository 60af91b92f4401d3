import type { DoorMapping, Member } from '../../src/store';
import type { Grant } from '../../src/domain/grant';
import { wholeSecond } from '../../src/domain/windows';
import { SkippingTime } from '../support/skipping-time';
import { expectAccess } from '../support/oracle';
import { startFastStack, type Stack } from '../support/stack';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Clock changes: the earliest day (with the month from 0) of their Sunday, and the offset before and after. */
const CHANGES = [
  ['New York, forward', 2, 8, '-05:00', '-04:00', 7],
  ['Berlin, forward', 2, 25, '+01:00', '+02:00', 7],
  ['Berlin, back', 9, 25, '+02:00', '+01:00', 9],
  ['New York, back', 10, 1, '-04:00', '-05:00', 9],
] as const;

/** The next night from 22:00 to 06:00 of each change, as the host resolves them to instants. */
function nightsAfter(now: number): { name: string; window: { from: number; until: number } }[] {
  const year = new Date(now).getUTCFullYear();
  return [year, year + 1]
    .flatMap((inYear) =>
      CHANGES.map(([name, month, earliest, before, after, hours]) => {
        const first = Date.UTC(inYear, month, earliest);
        const sunday = first + ((7 - new Date(first).getUTCDay()) % 7) * DAY;
        const from = Date.parse(`${dateOf(sunday - DAY)}T22:00:00${before}`);
        const until = Date.parse(`${dateOf(sunday)}T06:00:00${after}`);
        expect(until - from).toBe(hours * HOUR);
        return { name, window: { from, until } };
      }),
    )
    .filter(({ window }) => window.from > now)
    .sort((one, other) => one.window.from - other.window.from)
    .slice(0, CHANGES.length);
}

function dateOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

interface Story {
  name: string;
  member: Member;
  windows: { from: number; until: number | null }[];
  grants: Grant[];
}

let time: SkippingTime;
let stack: Stack;
let mapping: DoorMapping;
beforeAll(async () => {
  time = await SkippingTime.start();
  stack = await startFastStack({ clock: time.clock, temporal: time.temporal });
  mapping = await stack.lockMapping();
}, 120_000);
afterAll(async () => {
  // Also where `beforeAll` failed half-way: a server that goes on keeps jest from ending.
  await (stack as Stack | undefined)?.close();
  await (time as SkippingTime | undefined)?.close();
});

async function tell(name: string, windows: Story['windows']): Promise<Story> {
  const member = await stack.newMember();
  const grants: Grant[] = [];
  for (const { from, until } of windows) {
    grants.push(await stack.grant({ member, mapping, startsAt: from, endsAt: until }));
  }
  return { name, member, windows, grants };
}

/** What the door must be by the windows alone; they all settle long before they begin. */
function expected({ windows }: Story, at: number): 'open' | 'closed' {
  const inside = windows.some(({ from, until }) => from <= at && (until === null || at < until));
  return inside ? 'open' : 'closed';
}

async function judgeAll(stories: readonly Story[], at: number): Promise<void> {
  for (const story of stories) {
    const required = await expectAccess(stack, story.member, mapping.resourceId, at);
    const told = [story.name, new Date(at).toISOString()];
    expect([...told, required]).toEqual([...told, expected(story, at)]);
  }
}

describe('all clock changes of a year, from boundary to boundary', () => {
  it('opens and shuts every door at its instant', async () => {
    const now = wholeSecond(time.now());
    // Not one that begins before all has settled, or in which `oneSecond` lies.
    const nights = nightsAfter(now + 3 * DAY);
    const inNinetyDays = { from: now + 90 * DAY, until: now + 90 * DAY + HOUR };
    const oneSecond = { from: now + 2 * DAY, until: now + 2 * DAY + 1_000 };
    const stories = [
      ...(await Promise.all(nights.map(({ name, window }) => tell(name, [window])))),
      await tell('one second', [oneSecond]),
      await tell('90 days ahead', [inNinetyDays]),
      await tell('open-ended', [{ from: now, until: null }]),
      // Disjoint windows of one member, where Kisi takes one row at a time.
      await tell('every night', [oneSecond, inNinetyDays, ...nights.map(({ window }) => window)]),
    ];
    const nothing = async (): Promise<void> => Promise.resolve();
    await time.passUntil(time.now(), nothing);
    for (const { grants } of stories) for (const { id } of grants) await stack.settled(id);

    const boundaries = [
      ...new Set(
        stories.flatMap(({ windows }) => windows.flatMap(({ from, until }) => [from, until])),
      ),
    ]
      .filter((boundary) => boundary !== null && boundary > time.now())
      .map(Number)
      .sort((a, b) => a - b);
    expect(boundaries).toHaveLength(12);
    let before = time.now();
    for (const boundary of boundaries) {
      const between = Math.floor((before + boundary) / 2);
      await time.passUntil(between, nothing);
      await judgeAll(stories, between);
      await time.passUntil(boundary, nothing);
      await judgeAll(stories, boundary - 1);
      await judgeAll(stories, boundary);
      before = boundary;
    }
    await time.passUntil(before + DAY, nothing);
    await judgeAll(stories, before + DAY);

    // All that has ended is cleaned up; the year was no reason to ask Kisi for more.
    for (const { name, member, grants } of stories) {
      const open = name === 'open-ended';
      expect([name, stack.rowsOf(member).length]).toEqual([name, open ? 1 : 0]);
      for (const { id } of grants) {
        expect(await stack.read(id)).toMatchObject({
          settled: true,
          provisioning: open ? 'in_place' : 'removed',
        });
      }
    }
    // The last of the four lies five to twelve months ahead, depending on the day this runs.
    const [last] = nights.map(({ window }) => window.until).sort((a, b) => b - a);
    expect(time.now()).toBeGreaterThanOrEqual((last ?? Infinity) + DAY);
    expect(last).toBeGreaterThan(now + 150 * DAY);
  }, 120_000);

  it('follows a change and a revoke long after the grant began', async () => {
    const now = wholeSecond(time.now());
    const story = await tell('months', [{ from: now + DAY, until: now + 60 * DAY }]);
    const [grant] = story.grants;
    if (!grant) throw new Error('No grant');
    const nothing = async (): Promise<void> => Promise.resolve();
    await stack.settled(grant.id);
    await time.passUntil(now + 30 * DAY, nothing);
    await judgeAll([story], now + 30 * DAY);
    const shorter = now + 40 * DAY;
    await stack.commands.changeWindow(grant.id, { endsAt: shorter }, {});
    await stack.settled(grant.id);
    story.windows[0] = { from: now + DAY, until: shorter };
    await time.passUntil(shorter - HOUR, nothing);
    await stack.commands.revoke(grant.id, {});
    await stack.settled(grant.id);
    expect(stack.couldOpen(story.member, mapping.resourceId)).toBe(false);
    await stack.commands.restore(grant.id, {});
    await stack.settled(grant.id);
    await judgeAll([story], time.now());
    await time.passUntil(shorter + HOUR, nothing);
    for (const at of [shorter - 1, shorter, time.now()]) await judgeAll([story], at);
    expect(await stack.read(grant.id)).toMatchObject({ provisioning: 'removed', settled: true });
  }, 60_000);
});
