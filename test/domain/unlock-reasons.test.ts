import { PROBLEM_TYPES } from '../../src/domain/grant';
import {
  CONTRADICTIONS,
  reasonOfKisi,
  troubleInWords,
  UNLOCK_REASONS,
  unlockReason,
} from '../../src/domain/unlock-reasons';

describe('what a code of Kisi means', () => {
  it.each([
    ['fcd8ef', 'access_denied'],
    ['fcd8ff', 'access_disabled'],
    ['f358de', 'not_yet'],
    ['f35ade', 'no_longer'],
    ['34ffaa', 'outside_hours'],
    ['f01337', 'no_app_access'],
    ['bbc93f', 'tap_to_access'],
    ['bb5bff', 'reader_restriction'],
    ['bbb99f', 'too_far'],
    ['34bd8f', 'primary_device'],
    ['fad001', 'locked_down'],
    ['fad110', 'already_open'],
    ['fad112', 'already_open'],
    ['fad10e', 'door_missing'],
    ['ff420a', 'not_configured'],
    ['fac001', 'lock_offline'],
    ['fbc000', 'lock_offline'],
    ['ffffff', 'refused_by_kisi'],
    [null, 'refused_by_kisi'],
  ] as const)('%s is %s', (code, reason) => {
    expect(reasonOfKisi(code).code).toBe(reason);
  });
});

it.each(UNLOCK_REASONS)('contradicts a row in place only where it is about access: %s', (code) => {
  const isAboutAccess = ['access_denied', 'not_yet', 'no_longer', 'user_missing'].includes(code);
  expect(CONTRADICTIONS.includes(code)).toBe(isAboutAccess);
});

it.each(UNLOCK_REASONS)('says what is the matter and what to do: %s', (code) => {
  const { detail, remedy } = unlockReason(code);
  for (const sentence of [detail, remedy]) expect(sentence).toMatch(/^[A-Z].{9,}\.$/);
});

it.each([...PROBLEM_TYPES, null])('has words for a member about %s', (problem) => {
  const { detail, remedy } = troubleInWords(problem);
  for (const sentence of [detail, remedy]) expect(sentence).toMatch(/^[A-Z].{9,}\.$/);
});

it.each([
  ['kisi_unavailable', /as soon as it answers/],
  ['kisi_key_refused', /connection of this house/],
  ['kisi_rights_missing', /connection of this house/],
  ['kisi_user_disabled', /switched off/],
  ['kisi_user_taken', /e-mail address/],
  ['kisi_lock_missing', /does not know this door/],
  ['kisi_group_missing', /does not know this door/],
] as const)('tells of %s', (problem, words) => {
  expect(troubleInWords(problem).detail).toMatch(words);
});
