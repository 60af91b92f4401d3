import { isMissing } from '../../src/domain/missing-start';
import type { Grant, Provisioning } from '../../src/domain/grant';
import { aGrant, T } from './fixtures';

const MINUTE = 60_000;
const waiting = (change: Partial<Grant> = {}): Grant =>
  aGrant({ startsAt: T, endsAt: T + 60 * MINUTE, stops: [], provisioning: 'pending', ...change });

it.each<[Provisioning, boolean]>([
  ['pending', true],
  ['removing', true],
  ['attention', true],
  ['in_place', false],
  ['removed', false],
])('a wanted grant that is %s: %p', (provisioning, missing) => {
  expect(isMissing(waiting({ provisioning }), T)).toBe(missing);
});

it('is only of access that is asked for', () => {
  expect(isMissing(waiting({ stops: ['admin'] }), T)).toBe(false);
  expect(isMissing(waiting(), T + 60 * MINUTE - 1)).toBe(true);
  expect(isMissing(waiting(), T + 60 * MINUTE)).toBe(false);
  expect(isMissing(waiting(), T - 60 * MINUTE)).toBe(true);
});

it('is not what somebody meant so', () => {
  const because = (type: NonNullable<Grant['problem']>['type']): boolean =>
    isMissing(waiting({ problem: { type, detail: '' } }), T);
  expect(because('member_on_hold')).toBe(false);
  expect(because('integration_inactive')).toBe(false);
  expect(because('kisi_unavailable')).toBe(true);
  expect(because('emergency_stop')).toBe(true);
});

it('lets a window wait for its turn until two minutes after its start', () => {
  const queued = waiting({ provisioning: 'queued' });
  expect(isMissing(queued, T)).toBe(false);
  expect(isMissing(queued, T + 2 * MINUTE - 1)).toBe(false);
  expect(isMissing(queued, T + 2 * MINUTE)).toBe(true);
});
