import { number, plural } from './words';

export const common = {
  loading: 'Loading …',
  loadMore: 'Load more',
  search: 'Search',
  clearFilters: 'Clear search and filters',
  noMatch: 'Nothing matches your search and filters.',
  cancel: 'Cancel',
  close: 'Close',
  save: 'Save',
  copy: 'Copy',
  copied: 'Copied',
  all: 'All',
  none: 'None',
  tryAgain: 'Try again',
  actions: 'Actions',
  unknown: 'unknown',
  noEnd: 'no end',
  /** A length of time: `value` is a number as people write it. */
  duration: {
    milliseconds: (value: string) => `${value} ms`,
    seconds: (value: string) => `${value} s`,
    minutes: (value: string) => `${value} min`,
    hours: (value: string) => `${value} h`,
    days: (value: string) => `${value} d`,
  },
  fromEver: 'from the beginning',
  zone: (zone: string) => `Times in ${zone}`,
  doneOf: (done: number, total: number) => `${number(done)} of ${number(total)}`,
  effect: {
    nobody: 'Nobody gains or loses a door by this.',
    gains: (people: number) =>
      `${plural(people, { one: '# member gains', other: '# members gain' })} access`,
    loses: (people: number) =>
      `${plural(people, { one: '# member loses', other: '# members lose' })} access`,
    more: (count: number) => `Show ${number(count)} more`,
    incomplete:
      'More bookings and memberships are touched than were worked out here: this shows a part of them.',
    window: (door: string, window: string) => `${door}: ${window}`,
  },
  problem: {
    noAnswer: 'Latchkey does not answer',
    noAnswerRemedy: 'Check your connection, then try again. What you entered is still here.',
    remedy: 'What to do',
    requestId: (id: string) => `Request ${id}`,
  },
  source: { booking: 'Booking', plan: 'Plan', manual: 'Manual' },
  status: { active: 'Active', scheduled: 'Scheduled', revoked: 'Revoked', expired: 'Expired' },
  provisioning: {
    pending: 'Being set up',
    queued: 'Waits for its turn',
    in_place: 'In place at Kisi',
    removing: 'Being removed',
    removed: 'Removed at Kisi',
    attention: 'Needs attention',
  },
} as const;
