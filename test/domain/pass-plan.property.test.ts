import * as fc from 'fast-check';
import type { LearnedBehaviour } from '../../src/domain/door';
import type { Window } from '../../src/domain/grant';
import { CLEAN_AFTER_MS, nextStep, ROLL_AFTER_MS, type PassStep } from '../../src/domain/pass-plan';
import { covers, KisiModel, perform, type ModelEvent, type ModelModes } from './kisi-model';

/** A mutation run tells fewer stories, see mutation-run.ts. */
const RUNS = fc.readConfigureGlobal().numRuns ?? 5_000;
const T0 = Date.UTC(2026, 10, 24, 10);
/** Windows lie on a grid, so that they often touch, meet or contain each other. */
const UNIT = 10_000;
/** And sometimes miss each other by a second, which must count. */
const MISS = 1_000;
const WISHES = 4;

/** What happens at one instant: time goes on, wishes change, somebody works at the dashboard. */
interface Turn {
  afterMs: number;
  wishes: { index: number; window: Window | null }[];
  foreign: 'none' | 'remove' | { from: number | null; until: number | null };
}

interface Scenario {
  modes: ModelModes;
  knowsKisi: boolean;
  turns: Turn[];
}

const window = fc
  .record({
    from: fc.integer({ min: -5, max: 60 }),
    length: fc.option(fc.integer({ min: 1, max: 20 }), { freq: 8 }),
    late: fc.constantFrom(0, 0, 0, MISS),
    longer: fc.constantFrom(0, 0, 0, MISS),
  })
  .map(({ from, length, late, longer }) => ({
    from: T0 + from * UNIT + late,
    until: length === null ? null : T0 + (from + length) * UNIT + longer,
  }));

const turn: fc.Arbitrary<Turn> = fc.record({
  afterMs: fc
    .tuple(fc.integer({ min: 0, max: 25 }), fc.constantFrom(0, 1, 999, 1_000, 5_000))
    .map(([units, rest]) => units * UNIT + rest),
  wishes: fc.array(
    fc.record({
      index: fc.integer({ min: 0, max: WISHES - 1 }),
      window: fc.option(window, { freq: 3 }),
    }),
    { maxLength: 3 },
  ),
  foreign: fc.oneof(
    { weight: 8, arbitrary: fc.constant('none' as const) },
    { weight: 1, arbitrary: fc.constant('remove' as const) },
    {
      weight: 1,
      arbitrary: fc.oneof(
        window,
        window.map(({ until }) => ({ from: null, until })),
      ),
    },
  ),
});

const scenario: fc.Arbitrary<Scenario> = fc.record({
  modes: fc.record({
    secondRows: fc.constantFrom('accepted', 'refused', 'sameWindowRefused'),
    patch: fc.constantFrom('honoured', 'ignored', 'refused'),
    expiredRows: fc.constantFrom('kept', 'purged'),
    expiredRowBlocks: fc.boolean(),
  }),
  knowsKisi: fc.boolean(),
  turns: fc.array(turn, { minLength: 1, maxLength: 6 }),
});

/** One pass over time, and everything that must hold of it. Throws on the first broken promise. */
class Pass {
  readonly kisi: KisiModel;
  readonly learned: LearnedBehaviour;
  readonly wishes: (Window | null)[] = Array<Window | null>(WISHES).fill(null);
  #blocked = false;

  constructor({ modes, knowsKisi }: Scenario) {
    this.kisi = new KisiModel(modes, T0);
    const { secondRows } = modes;
    this.learned = knowsKisi
      ? { secondRows: secondRows === 'refused' ? 'refused' : 'accepted', patch: modes.patch }
      : { secondRows: 'unknown', patch: 'unknown' };
  }

  get components(): Window[] {
    return merge(this.wishes.filter((wish): wish is Window => wish !== null));
  }

  wants(at: number): boolean {
    return this.wishes.some((wish) => wish !== null && covers(wish, at));
  }

  change({ wishes, foreign }: Turn): void {
    for (const { index, window: wished } of wishes) this.wishes[index] = wished;
    if (foreign === 'remove') this.kisi.removeForeign();
    else if (foreign !== 'none') this.kisi.addForeign(foreign);
  }

  /** Steps until rest. Returns when to look again. */
  look(): number | null {
    const { kisi, learned } = this;
    const mustStayOpen = kisi.isOpen() && this.wants(kisi.now);
    kisi.events.length = 0;
    this.#blocked = false;
    const most = 6 + 3 * (kisi.rows.length + this.components.length);
    for (let steps = 0; ; steps += 1) {
      if (steps > most) throw new Error(`no rest after ${String(most)} steps`);
      const step = nextStep({
        now: kisi.now,
        wanted: this.components.length > 0 ? this.wishes.filter((wish) => wish !== null) : [],
        rows: kisi.list(),
        learned: { ...learned },
      });
      if (step.kind === 'rest') {
        this.#checkRest(step.wakeAt);
        return step.wakeAt;
      }
      const before = kisi.events.length;
      const done = perform(kisi, learned, step);
      this.#checkStep(step, kisi.events.slice(before), mustStayOpen);
      if (done === 'blocked') {
        this.#blocked = true;
        return null;
      }
    }
  }

  /** Nothing of ours happens until `until`: what Kisi does by itself must keep the promise. */
  passTime(until: number): void {
    const { kisi } = this;
    if (!this.#blocked) {
      for (const at of this.#instants().filter((instant) => instant < until)) {
        if (this.wants(at) && !kisi.isOpen(at)) fail('no access inside a wish', at);
      }
    }
    kisi.now = until;
  }

  #checkStep(step: PassStep, events: readonly ModelEvent[], mustStayOpen: boolean): void {
    const { kisi } = this;
    const gap = step.kind === 'replace' && step.gap;
    if (gap && (kisi.modes.secondRows !== 'refused' || kisi.modes.patch === 'honoured')) {
      throw new Error('a gap where Kisi takes another way');
    }
    if (gap && !kisi.isOpen()) throw new Error('a replace that left the door closed');
    for (const event of events) {
      if (mustStayOpen && !event.openAfter && !gap) throw new Error(`${step.kind} opened a gap`);
      if (event.did !== 'delete') this.#checkWritten(event.window);
      else if (kisi.hasEnded(event.row))
        this.#checkCleaned(event.row.until ?? 0, step, event.forRoom);
    }
  }

  /** What is written is exactly one stretch of the union: no hull, no part. */
  #checkWritten(written: Window): void {
    const isComponent = this.components.some(
      ({ from, until }) => from === written.from && until === written.until,
    );
    if (!isComponent) throw new Error(`wrote what nobody wished: ${JSON.stringify(written)}`);
  }

  #checkCleaned(ended: number, step: PassStep, forRoom: boolean): void {
    const age = this.kisi.now - ended;
    if (age >= CLEAN_AFTER_MS || forRoom) return;
    const rolls = this.learned.secondRows === 'refused' && this.components.length > 0;
    const early = age < ROLL_AFTER_MS && !this.wants(this.kisi.now);
    if (!rolls || early)
      throw new Error(`${step.kind} cleaned a row ${String(age)} ms after its end`);
  }

  #checkRest(wakeAt: number | null): void {
    const { kisi } = this;
    const { now } = kisi;
    if (wakeAt !== null && wakeAt <= now) throw new Error('rests with a wake-up in the past');
    const ours = kisi.rows.filter((row) => row.ours);
    for (const row of ours.filter((candidate) => kisi.hasEnded(candidate))) {
      const cleanAt = (row.until ?? 0) + CLEAN_AFTER_MS;
      if (cleanAt <= now) fail('an ended row was not cleaned', now);
      if (wakeAt === null || wakeAt > cleanAt) fail('nobody will clean an ended row', now);
    }
    for (const at of this.#instants()) {
      if (!this.wants(at) && ours.some((row) => covers(row, at))) fail('access outside', at);
    }
    this.#checkHeld();
  }

  /** Every stretch has one row of ours, or foreign rows all over it; where one row is all, the first. */
  #checkHeld(): void {
    const { kisi, learned } = this;
    const { now } = kisi;
    const due = this.components.filter(({ until }) => until === null || until > now);
    const alive = kisi.rows.filter((row) => row.ours && !kisi.hasEnded(row));
    const isHeld = (stretch: Window): boolean =>
      alive.filter((row) => isStretch(row, stretch, now)).length === 1;
    const isCovered = (stretch: Window): boolean =>
      this.#instants(stretch).every((at) => kisi.rows.some((row) => !row.ours && covers(row, at)));
    const open = due.filter((stretch) => !isHeld(stretch) && !isCovered(stretch));
    const [first] = due.filter((stretch) => isHeld(stretch) || !isCovered(stretch));
    if (alive.some((row) => !due.some((stretch) => isStretch(row, stretch, now)))) {
      fail('a row that is no stretch of the union', now);
    }
    if (learned.secondRows !== 'refused' && open.length > 0) fail('a stretch without a row', now);
    const isSettling = kisi.rows.some(
      (row) => row.ours && kisi.hasEnded(row) && now - (row.until ?? 0) < ROLL_AFTER_MS,
    );
    if (first && open.includes(first) && !isSettling) fail('the first stretch has no row', now);
    if (first && open.includes(first) && covers(first, now)) fail('closed although wished', now);
  }

  /** Now, and the first and last millisecond around every bound from now on. */
  #instants(within?: Window): number[] {
    const { now, rows } = this.kisi;
    const bounds = [...this.components, ...rows].flatMap(({ from, until }) => [from, until]);
    const times = bounds.flatMap((bound) => (bound === null ? [] : [bound - 1, bound]));
    return [now, ...times, Math.max(now, ...times) + UNIT]
      .filter((at) => at >= now && (!within || covers(within, at)))
      .sort((a, b) => a - b);
  }
}

function isStretch(
  row: { from: number | null; until: number | null },
  stretch: Window,
  now: number,
) {
  const begun = row.from === null || row.from <= now;
  return row.until === stretch.until && (begun ? stretch.from <= now : row.from === stretch.from);
}

/** The union by its definition, apart from the code under test: grow until nothing meets any more. */
function merge(windows: Window[]): Window[] {
  const end = ({ until }: Window): number => until ?? Infinity;
  for (const a of windows) {
    for (const b of windows) {
      if (a === b || a.from > end(b) || b.from > end(a)) continue;
      const until = Math.max(end(a), end(b));
      const grown = {
        from: Math.min(a.from, b.from),
        until: until === Infinity ? null : until,
      };
      return merge([...windows.filter((other) => other !== a && other !== b), grown]);
    }
  }
  return [...windows].sort((a, b) => a.from - b.from);
}

function fail(what: string, at: number): never {
  throw new Error(`${what} at ${new Date(at).toISOString()}`);
}

function live(story: Scenario): void {
  const pass = new Pass(story);
  for (const next of story.turns) {
    const at = pass.kisi.now + next.afterMs;
    wakeUntil(pass, at);
    pass.passTime(at);
    pass.change(next);
    pass.look();
  }
  wakeUntil(pass, pass.kisi.now + 200 * UNIT);
}

/** The pass's own wake-ups, up to this instant. */
function wakeUntil(pass: Pass, at: number): void {
  for (let wakeAt = pass.look(); wakeAt !== null && wakeAt < at; wakeAt = pass.look()) {
    pass.passTime(wakeAt);
  }
}

test('the plan keeps the promise against every kind of Kisi', () => {
  fc.assert(fc.property(scenario, live), { numRuns: RUNS });
});
