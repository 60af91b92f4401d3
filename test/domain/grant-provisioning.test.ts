import { notYetAsked, provisioningOf } from '../../src/domain/grant-provisioning';
import { aGrant, asked } from './fixtures';

const problem = { type: 'kisi_unavailable' as const, detail: 'Kisi does not answer.' };

describe('a wanted grant', () => {
  test.each([
    ['not heard of yet', [asked('wanted', null)], 'pending', false],
    ['an older revision says nothing', [asked('wanted', { wishRevision: 6 })], 'pending', false],
    ['in place', [asked('wanted', {})], 'in_place', true],
    ['waits for its turn', [asked('wanted', { state: 'queued' })], 'queued', true],
    ['still being written', [asked('wanted', { state: 'pending' })], 'pending', false],
    [
      'the former door is not released yet',
      [asked('wanted', {}), asked('releasing', { state: 'removing' }, 2)],
      'in_place',
      false,
    ],
    [
      'the former door is not heard of at this revision',
      [asked('wanted', {}), asked('releasing', { state: 'removed', wishRevision: 6 }, 2)],
      'in_place',
      false,
    ],
    ['moved', [asked('wanted', {}), asked('releasing', { state: 'removed' }, 2)], 'in_place', true],
    [
      'moved back: the pass of the door counts, whichever was asked first',
      [asked('releasing', { state: 'removed' }, 2), asked('wanted', { state: 'queued' })],
      'queued',
      true,
    ],
  ] as const)('%s', (_, passes, provisioning, settled) => {
    expect(provisioningOf(aGrant(), passes, null, true)).toMatchObject({ provisioning, settled });
  });

  test('the problem of the door comes before that of the pass', () => {
    const inactive = { type: 'mapping_inactive' as const, detail: 'inactive' };
    const passes = [asked('wanted', { state: 'attention', problem })];
    expect(provisioningOf(aGrant(), passes, inactive, true).problem).toEqual(inactive);
    expect(provisioningOf(aGrant(), passes, null, true)).toEqual({
      provisioning: 'attention',
      problem,
      settled: false,
    });
  });

  test('a door that leads to no pass leaves it pending, and says why', () => {
    const unknown = { type: 'mapping_unknown' as const, detail: 'unknown' };
    expect(provisioningOf(aGrant(), [], unknown, true)).toEqual({
      provisioning: 'pending',
      problem: unknown,
      settled: false,
    });
    expect(provisioningOf(aGrant(), [], null, true).problem).toBeNull();
  });

  test('a hold takes the access away: removed, settled, with the reason', () => {
    const onHold = { type: 'member_on_hold' as const, detail: 'on hold' };
    const passes = [asked('wanted', { state: 'removed', problem: onHold })];
    expect(provisioningOf(aGrant(), passes, null, true)).toEqual({
      provisioning: 'removed',
      problem: onHold,
      settled: true,
    });
  });
});

describe('a grant that is let go', () => {
  test.each([
    ['never asked anybody', [], 'removed', true],
    ['the pass has not answered', [asked('wanted', null)], 'removing', false],
    ['in place says nothing good', [asked('wanted', {})], 'removing', false],
    ['removed', [asked('wanted', { state: 'removed' })], 'removed', true],
    [
      'the slowest release counts',
      [asked('releasing', { state: 'removed' }), asked('releasing', { state: 'removing' }, 2)],
      'removing',
      false,
    ],
  ] as const)('%s', (_, passes, provisioning, settled) => {
    const shown = provisioningOf(aGrant(), passes, null, false);
    expect(shown).toEqual({ provisioning, problem: null, settled });
  });

  test('trouble is shown, whether somebody must act or it only waits', () => {
    const attention = [asked('releasing', { state: 'attention', problem })];
    expect(provisioningOf(aGrant(), attention, null, false)).toEqual({
      provisioning: 'attention',
      problem,
      settled: false,
    });
    const waiting = [asked('releasing', { state: 'removing', problem })];
    expect(provisioningOf(aGrant(), waiting, null, false)).toEqual({
      provisioning: 'removing',
      problem,
      settled: false,
    });
  });
});

test('before the passes know', () => {
  expect(notYetAsked(true).provisioning).toBe('pending');
  expect(notYetAsked(false)).toEqual({ provisioning: 'removing', problem: null, settled: false });
});
