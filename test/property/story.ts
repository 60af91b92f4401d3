import * as fc from 'fast-check';

/*
 * What one run of the property does: how Kisi behaves, and up to twelve turns in which time passes
 * and somebody does something. All instants are relative, so that a story can be told again.
 */

/** Windows and turns lie on a grid, so that they often touch, meet or contain each other. */
export const SLOT_MS = 60_000;
export const MOST_GRANTS = 6;
export const MEMBERS = 2;
/** Two locks and the group. */
export const DOORS = 3;

/** How Kisi behaves in a run; one value of each switch (kisi facts, section 11). */
export interface Modes {
  /** `same`: only a row of the same window is a conflict. */
  secondRow: 'conflict' | 'taken' | 'same' | 'unprocessable';
  patch: 'honoured' | 'ignored' | 'refused';
  expiredRows: 'kept' | 'purged';
  expiredRowBlocks: boolean;
  /** The groups of the locks were deleted at the dashboard. */
  groupsMissing: boolean;
}

/** An instant of the grid: `slot` minutes after the run's beginning, or now; off by some ms. */
export type Moment = 'now' | { slot: number; offsetMs: number };

export type Via = 'update' | 'signal';

export type Act =
  | { do: 'grant'; member: number; door: number; from: Moment; lengthMs: number | null }
  | { do: 'change'; grant: number; via: Via; from: Moment | null; until: Moment | 'open' | null }
  | { do: 'revoke' | 'restore'; grant: number; via: Via }
  | { do: 'lose'; when: 'before' | 'after'; method: Method; count: number; skip: number }
  | { do: 'throttle'; method: Method; retryAfter: boolean; count: number }
  | { do: 'outage'; how: 'unavailable' | 'reset'; forMs: number }
  | { do: 'drift'; row: number; how: 'delete' | 'shorten' | 'lengthen' };

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

export interface Turn {
  /** Slots that pass before; the turn comes `offsetMs` off the grid. */
  slots: number;
  offsetMs: number;
  act: Act;
}

export interface Story {
  modes: Modes;
  turns: Turn[];
}

const via = fc.constantFrom<Via[]>('update', 'signal');
const method = fc.constantFrom<Method[]>('POST', 'PATCH', 'DELETE', 'GET');
/** On the grid more often than not; a second is the least that Kisi tells apart. */
const offsetMs = fc.constantFrom(0, 0, 0, 0, 1_000, -1_000, 30_000);
const grantIndex = fc.nat({ max: MOST_GRANTS - 1 });

const moment: fc.Arbitrary<Moment> = fc
  .option(fc.record({ slot: fc.integer({ min: -2, max: 9 }), offsetMs }), { freq: 7 })
  .map((onGrid) => onGrid ?? 'now');

/** Most grants are of one member at one door: only there can they get into each other's way. */
const grant: fc.Arbitrary<Act> = fc.record({
  do: fc.constant('grant' as const),
  member: fc.constantFrom(0, 0, 0, 0, 1),
  door: fc.constantFrom(0, 0, 0, 0, 2, 2, 1),
  from: moment,
  lengthMs: fc.constantFrom(
    ...[1, 1, 2, 2, 3, 4, 8].map((slots) => slots * SLOT_MS),
    1_000,
    30_000,
    null,
  ),
});

const change: fc.Arbitrary<Act> = fc.record({
  do: fc.constant('change' as const),
  grant: grantIndex,
  via,
  from: fc.option<Moment>(moment, { freq: 2 }),
  until: fc.option<Moment | 'open'>(
    fc.option<Moment>(moment, { freq: 6 }).map((until) => until ?? ('open' as const)),
    { freq: 4 },
  ),
});

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 5, arbitrary: grant },
  { weight: 4, arbitrary: change },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('revoke' as const, 'restore' as const),
      grant: grantIndex,
      via,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('lose' as const),
      when: fc.constantFrom('before' as const, 'after' as const),
      method,
      count: fc.integer({ min: 1, max: 2 }),
      skip: fc.nat({ max: 1 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('throttle' as const),
      method,
      retryAfter: fc.boolean(),
      count: fc.integer({ min: 1, max: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('outage' as const),
      how: fc.constantFrom('unavailable' as const, 'reset' as const),
      forMs: fc.constantFrom(500, 30_000, 3 * SLOT_MS),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('drift' as const),
      row: fc.nat({ max: 2 }),
      how: fc.constantFrom('delete' as const, 'shorten' as const, 'lengthen' as const),
    }),
  },
);

const opening: fc.Arbitrary<Turn> = grant.map((first) => ({ slots: 0, offsetMs: 0, act: first }));

const turn: fc.Arbitrary<Turn> = fc.record({
  slots: fc.constantFrom(0, 0, 1, 1, 1, 2, 3),
  // Shortly before, at and shortly after an instant of the grid, and between two.
  offsetMs: fc.constantFrom(0, 0, -400, 500, 1_000, 2_000, 30_000),
  act,
});

export const story: fc.Arbitrary<Story> = fc
  .record({
    modes: fc.record({
      secondRow: fc.constantFrom('conflict', 'taken', 'same', 'unprocessable'),
      patch: fc.constantFrom('honoured', 'ignored', 'refused'),
      expiredRows: fc.constantFrom('kept', 'purged'),
      expiredRowBlocks: fc.boolean(),
      groupsMissing: fc.boolean(),
    }),
    openings: fc.array(opening, { minLength: 1, maxLength: 4 }),
    turns: fc.array(turn, { minLength: 1, maxLength: 8 }),
  })
  .map(({ modes, openings, turns }) => ({ modes, turns: [...openings, ...turns] }));
