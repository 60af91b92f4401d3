import { stepWhileStopped } from '../../src/domain/pass-plan-stopped';
import { nextStep, type PassRow, type PassView } from '../../src/domain/pass-plan';
import type { Window } from '../../src/domain/grant';

const NOW = Date.parse('2026-11-24T09:00:00.000Z');
const HOUR = 3_600_000;

const row = (id: number, from: number | null, until: number | null): PassRow => ({
  id,
  from: from === null ? null : NOW + from * HOUR,
  until: until === null ? null : NOW + until * HOUR,
  ours: true,
});
const hours = (from: number, until: number | null): Window => ({
  from: NOW + from * HOUR,
  until: until === null ? null : NOW + until * HOUR,
});
const view = (wanted: Window[], rows: PassRow[]): PassView => ({
  now: NOW,
  wanted,
  rows,
  learned: { secondRows: 'accepted', patch: 'honoured' },
});

it('rests where nothing is to be done', () => {
  const step = stepWhileStopped(view([hours(-1, 1)], [row(1, null, 1)]), false);
  expect(step.kind).toBe('rest');
});

it('neither creates nor changes, and looks again when a grant ends', () => {
  expect(stepWhileStopped(view([hours(-1, 2)], []), false)).toEqual({
    kind: 'held_back',
    wakeAt: NOW + 2 * HOUR,
  });
  const longer = view([hours(-1, 3)], [row(1, null, 1)]);
  expect(stepWhileStopped(longer, false).kind).toBe('held_back');
});

it('removes what nobody is granted now, and what nobody will be granted', () => {
  expect(stepWhileStopped(view([], [row(1, null, 1)]), false)).toMatchObject({
    kind: 'delete',
    row: { id: 1 },
  });
  const tomorrow = view([hours(24, 25)], [row(1, null, 30)]);
  expect(stepWhileStopped(tomorrow, false)).toMatchObject({ kind: 'delete', row: { id: 1 } });
  const surplus = view([hours(-1, 1)], [row(1, null, 1), row(2, 5, 6)]);
  expect(stepWhileStopped(surplus, false)).toMatchObject({ kind: 'delete', row: { id: 2 } });
});

it('leaves the door open to whom it is granted, although its row reaches too far', () => {
  const shortened = view([hours(-1, 1)], [row(1, null, 3)]);
  expect(stepWhileStopped(shortened, false)).toEqual({ kind: 'held_back', wakeAt: NOW + HOUR });
});

it('removes nothing to make room for what may not be made', () => {
  const single: PassView = {
    ...view([hours(-1, 1)], [row(1, 2, 3)]),
    learned: { secondRows: 'refused', patch: 'refused' },
  };
  const step = stepWhileStopped(single, false);
  // The row gives nothing that is granted: it goes for its own sake, and nothing follows it.
  expect(step).toMatchObject({ kind: 'delete', row: { id: 1 } });
  expect(stepWhileStopped({ ...single, rows: [] }, false).kind).toBe('held_back');
  const other: PassView = { ...single, rows: [row(2, -2, 0.5)] };
  expect(stepWhileStopped(other, false).kind).toBe('held_back');
});

it('removes nothing at all where the stop includes removals', () => {
  expect(stepWhileStopped(view([], [row(1, null, 1)]), true)).toEqual({
    kind: 'held_back',
    wakeAt: NOW + HOUR + 60_000,
  });
});

it('looks again when a row written ahead begins, and removes it if nothing is granted then', () => {
  const moved = view([hours(4, 8)], [row(1, 3, 8)]);
  expect(stepWhileStopped(moved, false)).toEqual({ kind: 'held_back', wakeAt: NOW + 3 * HOUR });
  expect(stepWhileStopped({ ...moved, now: NOW + 3 * HOUR }, false)).toMatchObject({
    kind: 'delete',
    row: { id: 1 },
  });
});

describe('a row that reaches too far, beside others', () => {
  const tooLong = row(2, null, 3);

  it('goes at once where the others give all that is granted', () => {
    const ours = view([hours(-1, 1)], [row(1, null, 1), tooLong]);
    expect(stepWhileStopped(ours, false)).toEqual({ kind: 'delete', row: tooLong });
    const ahead = view([hours(-1, 1), hours(2, 3)], [row(1, null, 1), tooLong, row(3, 2, 3)]);
    expect(stepWhileStopped(ahead, false)).toEqual({ kind: 'delete', row: tooLong });
    const foreign: PassRow = { ...row(1, null, 2), ours: false };
    const single: PassView = {
      ...view([hours(-1, 1)], [foreign, tooLong]),
      learned: { secondRows: 'refused', patch: 'refused' },
    };
    expect(stepWhileStopped(single, false)).toEqual({ kind: 'delete', row: tooLong });
    expect(stepWhileStopped(ours, true).kind).toBe('held_back');
  });

  it('stays where it alone gives a part of what is granted', () => {
    const ahead = view([hours(-1, 1), hours(2, 3)], [row(1, null, 1), row(2, null, 2.5)]);
    expect(stepWhileStopped(ahead, false).kind).toBe('held_back');
    const makingRoom: PassView = {
      ...view([hours(-1, 1)], [row(1, null, 0.8), row(2, 0.5, 3)]),
      learned: { secondRows: 'refused', patch: 'refused' },
    };
    expect(nextStep(makingRoom)).toMatchObject({ kind: 'delete', row: { id: 2 } });
    expect(stepWhileStopped(makingRoom, false).kind).toBe('held_back');
    const rolling: PassView = {
      ...view([hours(-1, 1), hours(2, 3)], [row(1, null, 1), row(2, 2, 5)]),
      learned: { secondRows: 'refused', patch: 'refused' },
    };
    expect(nextStep(rolling)).toMatchObject({ kind: 'delete', row: { id: 2 } });
    expect(stepWhileStopped(rolling, false).kind).toBe('held_back');
  });

  it('stays where another row lets nobody in', () => {
    const shut: PassRow = { ...row(1, null, 2), ours: false, opensNothing: true };
    const alone = view([hours(-1, 1)], [shut, tooLong]);
    expect(stepWhileStopped(alone, false).kind).toBe('held_back');
  });
});
