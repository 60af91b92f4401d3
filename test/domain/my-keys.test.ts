import type { Grant } from '../../src/domain/grant';
import { keysAt, rightOf, type GrantAtDoors } from '../../src/domain/my-keys';
import { aGrant, S, T } from './fixtures';

const HOUR = 3_600 * S;

function at(lockIds: number[], change: Partial<Grant> = {}, active = true): GrantAtDoors {
  return { grant: aGrant({ provisioning: 'in_place', ...change }), active, lockIds };
}

const keys = (...grants: GrantAtDoors[]): ReturnType<typeof keysAt> =>
  keysAt({ grants, onHold: false }, T);
const idsOf = ({ reasons }: { reasons: Grant[] }): string[] => reasons.map(({ id }) => id);

describe('which doors are open', () => {
  it('shows every lock of a group once', () => {
    const { keys: found } = keys(at([2, 3, 3]));
    expect(found.map(({ lockId }) => lockId)).toEqual([2, 3]);
  });

  it('takes the start in and leaves the end out', () => {
    expect(keys(at([1], { startsAt: T, endsAt: T + S })).keys).toHaveLength(1);
    expect(keys(at([1], { startsAt: T - HOUR, endsAt: T })).keys).toEqual([]);
    expect(keys(at([1], { startsAt: T + S, endsAt: T + HOUR })).keys).toEqual([]);
  });

  it.each(['source', 'admin', 'terminated'] as const)('leaves out what is stopped: %s', (stop) => {
    expect(keys(at([1], { stops: [stop] }))).toEqual({ keys: [], upcoming: [] });
  });

  it('leaves out what is behind an inactive mapping, now and later', () => {
    const later = { id: 'grt_2', startsAt: T + HOUR, endsAt: T + 2 * HOUR };
    expect(keys(at([1], {}, false), at([1], later, false))).toEqual({ keys: [], upcoming: [] });
  });

  it('shows nothing to a member on hold', () => {
    expect(keysAt({ grants: [at([1])], onHold: true }, T)).toEqual({ keys: [], upcoming: [] });
  });
});

describe('until when', () => {
  it('goes on over grants that overlap or touch, and names them all', () => {
    const [key] = keys(
      at([1], { id: 'grt_1', startsAt: T - HOUR, endsAt: T + HOUR }),
      at([1], { id: 'grt_2', startsAt: T + HOUR, endsAt: T + 2 * HOUR }),
      at([1], { id: 'grt_3', startsAt: T + HOUR + S, endsAt: T + 3 * HOUR }),
    ).keys;
    expect(key?.until).toBe(T + 3 * HOUR);
    expect(key && idsOf(key)).toEqual(['grt_1', 'grt_2', 'grt_3']);
  });

  it('ends at a gap of one second, and the rest opens later', () => {
    const found = keys(
      at([1], { id: 'grt_1', startsAt: T, endsAt: T + HOUR }),
      at([1], { id: 'grt_2', startsAt: T + HOUR + S, endsAt: T + 2 * HOUR }),
    );
    expect(found.keys[0]?.until).toBe(T + HOUR);
    expect(found.keys.flatMap(idsOf)).toEqual(['grt_1']);
    expect(found.upcoming).toMatchObject([
      { lockId: 1, from: T + HOUR + S, until: T + 2 * HOUR, reasons: [{ id: 'grt_2' }] },
    ]);
  });

  it('has no end where one of the grants has none', () => {
    const [key] = keys(
      at([1], { id: 'grt_1', source: 'booking' }),
      at([1], { id: 'grt_2', source: 'plan', startsAt: T + S, endsAt: null }),
    ).keys;
    expect(key?.until).toBeNull();
  });

  it('names what covers now before what has not begun', () => {
    const [key] = keys(
      at([1], { id: 'grt_a', startsAt: T - HOUR, endsAt: T - S }),
      at([1], { id: 'grt_b', startsAt: T + S, endsAt: T + 2 * HOUR }),
      at([1], { id: 'grt_d', startsAt: T - S, endsAt: T + HOUR }),
      at([1], { id: 'grt_c', startsAt: T - S, endsAt: T + HOUR }),
      at([1], { id: 'grt_f', startsAt: T - 2 * S, endsAt: T + HOUR }),
      at([1], { id: 'grt_e', startsAt: T - S, endsAt: T + HOUR }),
    ).keys;
    expect(key && idsOf(key)).toEqual(['grt_f', 'grt_c', 'grt_d', 'grt_e', 'grt_b']);
  });
});

describe('what opens later', () => {
  it('is the first span that has not begun, of each door', () => {
    const { upcoming } = keys(
      at([1, 2], { id: 'grt_2', startsAt: T + 3 * HOUR, endsAt: T + 4 * HOUR }),
      at([1], { id: 'grt_1', startsAt: T + HOUR, endsAt: T + 2 * HOUR }),
    );
    expect(upcoming).toMatchObject([
      { lockId: 1, from: T + HOUR, until: T + 2 * HOUR },
      { lockId: 2, from: T + 3 * HOUR, until: T + 4 * HOUR },
    ]);
  });
});

describe('the state of a key', () => {
  it('is open as soon as one of the grants that cover now is in place', () => {
    const [key] = keys(
      at([1], {
        id: 'grt_1',
        provisioning: 'attention',
        problem: { type: 'kisi_refused', detail: '' },
      }),
      at([1], { id: 'grt_2' }),
    ).keys;
    expect(key).toMatchObject({ state: 'open', problem: null });
  });

  it('does not take a grant that has not begun for one that opens now', () => {
    const [key] = keys(
      at([1], { id: 'grt_1', provisioning: 'pending' }),
      at([1], { id: 'grt_2', startsAt: T + S, provisioning: 'in_place' }),
    ).keys;
    expect(key?.state).toBe('being_set_up');
  });

  it.each(['pending', 'queued', 'removing', 'removed'] as const)(
    'is being set up while its grant is %s',
    (provisioning) => {
      expect(keys(at([1], { provisioning })).keys[0]?.state).toBe('being_set_up');
    },
  );

  it.each(['group_missing', 'member_on_hold', 'mapping_inactive', 'integration_inactive'] as const)(
    'is being set up while %s passes',
    (type) => {
      const problem = { type, detail: '' };
      const [key] = keys(at([1], { provisioning: 'pending', problem })).keys;
      expect(key).toMatchObject({ state: 'being_set_up', problem: null });
    },
  );

  it('needs attention where its grant does, or waits for Kisi', () => {
    const problem = { type: 'kisi_unavailable', detail: 'away' } as const;
    for (const provisioning of ['attention', 'pending'] as const) {
      const [key] = keys(at([1], { provisioning, problem })).keys;
      expect(key).toMatchObject({ state: 'attention', problem });
    }
    const unsaid = at([1], { id: 'grt_0', provisioning: 'attention' });
    expect(keys(unsaid).keys[0]).toMatchObject({ state: 'attention', problem: null });
    const [key] = keys(unsaid, at([1], { id: 'grt_1', provisioning: 'attention', problem })).keys;
    expect(key).toMatchObject({ state: 'attention', problem });
  });

  it('is being set up where one grant is on its way and another is not', () => {
    const problem = { type: 'kisi_refused', detail: '' } as const;
    const [key] = keys(
      at([1], { id: 'grt_1', provisioning: 'attention', problem }),
      at([1], { id: 'grt_2', provisioning: 'pending' }),
    ).keys;
    expect(key).toMatchObject({ state: 'being_set_up', problem: null });
  });
});

describe('which grant gives the right', () => {
  it('is one that covers now, in place before on its way', () => {
    const [key] = keys(
      at([1], { id: 'grt_1', provisioning: 'pending' }),
      at([1], { id: 'grt_2' }),
      at([1], { id: 'grt_3', startsAt: T + S }),
    ).keys;
    expect(key && rightOf(key, T)?.id).toBe('grt_2');
    const [pending] = keys(
      at([1], { id: 'grt_1', provisioning: 'pending' }),
      at([1], { id: 'grt_2', startsAt: T + S }),
    ).keys;
    expect(pending && rightOf(pending, T)?.id).toBe('grt_1');
  });
});
