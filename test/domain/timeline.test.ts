import { windowsOfPasses, within, type GrantAtDoor } from '../../src/domain/timeline';
import type { Grant } from '../../src/domain/grant';
import { aGrant, T } from './fixtures';

const HOUR = 3_600_000;
const span = { from: T, until: T + 10 * HOUR };
const w = (from: number, until: number | null): { from: number; until: number | null } => ({
  from: T + from * HOUR,
  until: until === null ? null : T + until * HOUR,
});

describe('within', () => {
  it('cuts windows to the span, and leaves out what only touches it', () => {
    const windows = [w(-2, -1), w(-1, 0), w(-1, 1), w(2, 3), w(9, null), w(10, 11)];
    expect(within(windows, span)).toEqual([w(0, 1), w(2, 3), w(9, 10)]);
    expect(within([w(-1, null)], span)).toEqual([span]);
  });
});

describe('windowsOfPasses', () => {
  const at = (
    [from, until]: [number, number | null],
    change: Partial<Grant> = {},
    door: Partial<GrantAtDoor> = {},
  ): GrantAtDoor => {
    const { from: startsAt, until: endsAt } = w(from, until);
    return {
      grant: aGrant({ startsAt, endsAt, ...change }),
      passKey: 'ada:lock:1',
      shutSince: null,
      ...door,
    };
  };
  const windows = (...grants: GrantAtDoor[]): object =>
    Object.fromEntries(windowsOfPasses(grants, span));

  it('merges what overlaps or touches, per pass, and keeps gaps', () => {
    expect(
      windows(
        at([2, 3]),
        at([1, 2]),
        at([2, 2.5]),
        at([4, 5]),
        at([4, null], {}, { passKey: 'bob:lock:1' }),
      ),
    ).toEqual({ 'ada:lock:1': [w(1, 3), w(4, 5)], 'bob:lock:1': [w(4, 10)] });
  });

  it('counts no grant with a stop, whoever set it', () => {
    expect(windows(at([1, 2], { stops: ['source'] }), at([3, 4], { stops: ['admin'] }))).toEqual(
      {},
    );
    expect(windows(at([1, 4], { stops: ['terminated'] }), at([2, 3]))).toEqual({
      'ada:lock:1': [w(2, 3)],
    });
  });

  it('counts what is over', () => {
    expect(windows(at([1, 2], { provisioning: 'removed' }))).toEqual({ 'ada:lock:1': [w(1, 2)] });
  });

  it('ends when the door was shut for the member, by a hold or a removal', () => {
    const shutSince = T + 3 * HOUR;
    expect(windows(at([1, null], {}, { shutSince }), at([4, 5], {}, { shutSince }))).toEqual({
      'ada:lock:1': [w(1, 3)],
    });
    expect(windows(at([1, 2], {}, { shutSince }))).toEqual({ 'ada:lock:1': [w(1, 2)] });
  });

  it('leaves out doors that are gone, and passes that hold nothing in the span', () => {
    expect(windows(at([1, 2], {}, { passKey: null }), at([-2, -1]), at([10, null]))).toEqual({});
  });
});
