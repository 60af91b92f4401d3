import { followingSource, followsSource, stoppedBySource } from '../../src/domain/grant-life';
import { aGrant, BY, S, T } from './fixtures';

const booked = aGrant({ source: 'booking', sourceId: 'bkg_1' });
const planned = aGrant({ source: 'plan', sourceId: 'mbs_1' });

test('the dates of a grant are its source’s, unless an admin made it', () => {
  expect(followsSource(aGrant())).toBeNull();
  expect(followsSource(booked)).toBe('The dates of this grant follow its booking bkg_1.');
  expect(followsSource(planned)).toBe('The dates of this grant follow its membership mbs_1.');
  expect(followsSource({ ...booked, sourceId: null })).toBe(
    'The dates of this grant follow its booking.',
  );
});

test('what the source has taken an admin cannot give back; what an admin has taken they can', () => {
  expect(stoppedBySource(booked)).toBeNull();
  expect(stoppedBySource({ ...booked, stops: ['admin', 'terminated'] })).toBeNull();
  expect(stoppedBySource({ ...planned, stops: ['admin', 'source'] })).toBe(
    'The membership mbs_1 of this grant gives no access any more.',
  );
});

test('a source that moves the start alone moves the grant', () => {
  const word = { order: 1, startsAt: T + 60 * S, endsAt: booked.endsAt, wanted: true };
  expect(followingSource(booked, word, T + 9, BY, null)).toMatchObject({
    startsAt: T + 60 * S,
    revision: T + 9,
    settled: false,
  });
});
