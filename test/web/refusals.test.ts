import { PROBLEMS } from '../../api/http/problems';
import { refusals } from '../../web/src/texts/en/refusals';

/** Who is told these is a program, or looks at My Keys, which has its own words. */
const NOT_IN_THE_CONSOLE = [
  'member_unauthenticated',
  'webhook_timestamp_stale',
  'kisi_signature_invalid',
  'api_key_needed',
  'member_token_needed',
  'key_not_held',
  'key_not_yet',
  'event_subscription_not_found',
  'event_subscription_disabled',
  'event_delivery_not_found',
  'alert_channel_not_found',
  'alert_channels_full',
  'body_too_large',
  'media_type_unsupported',
  'portal_keys_unavailable',
  'not_ready',
];

test('the console says no remedy that is written for programs', () => {
  const forPrograms = Object.entries(PROBLEMS)
    .filter(([, { remedy }]) => /`|\/v1\/|\bPATCH\b|\.json\b|\bid from\b/.test(remedy))
    .map(([code]) => code);
  expect(forPrograms.length).toBeGreaterThan(NOT_IN_THE_CONSOLE.length);
  expect(
    forPrograms.filter((code) => !(code in refusals) && !NOT_IN_THE_CONSOLE.includes(code)),
  ).toEqual([]);
  expect(Object.values(refusals).filter((text) => /`|\/v1\//.test(text))).toEqual([]);
});
