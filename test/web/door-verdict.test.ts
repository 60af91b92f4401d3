import { verdictOf, type TestedDoor } from '../../web/src/console/pages/door-mappings/door-verdict';

const OFFLINE = { code: 'offline', detail: 'The door is offline.', remedy: 'Look at it.' } as const;
const NO_APP_ACCESS = {
  code: 'no_app_access',
  detail: 'No app access.',
  remedy: 'Add it.',
} as const;

function door(lockId: number, ...obstacles: TestedDoor['obstacles']): TestedDoor {
  return { lockId, name: `Door ${String(lockId)}`, online: true, obstacles };
}

describe('what a test of a door or group comes to', () => {
  it('counts the doors of a group that will not open, and shows them first', () => {
    const verdict = verdictOf({ obstacles: [], doors: [door(1), door(2, OFFLINE), door(3)] });
    expect(verdict).toMatchObject({ isBlocked: false, blocked: 1 });
    expect(verdict.doors.map(({ lockId }) => lockId)).toEqual([2, 1, 3]);
  });

  it('is blocked where the group itself is, where each of its doors is, and where it has none', () => {
    const open = [door(1), door(2)];
    expect(verdictOf({ obstacles: [NO_APP_ACCESS], doors: open }).isBlocked).toBe(true);
    const shut = [door(1, OFFLINE), door(2, OFFLINE)];
    expect(verdictOf({ obstacles: [], doors: shut })).toMatchObject({
      isBlocked: true,
      blocked: 2,
    });
    expect(verdictOf({ obstacles: [], doors: [] }).isBlocked).toBe(true);
  });

  it('of a lock is its own', () => {
    expect(verdictOf({ obstacles: [], doors: [door(1)] }).isBlocked).toBe(false);
    expect(verdictOf({ obstacles: [OFFLINE], doors: [door(1, OFFLINE)] }).isBlocked).toBe(true);
  });
});
