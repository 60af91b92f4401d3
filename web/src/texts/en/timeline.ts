import { number, plural } from './words';

export const timeline = {
  tab: 'Timeline',
  range: { label: 'Show', day: 'Day', week: 'Week' },
  earlier: { day: 'The day before', week: 'The week before' },
  later: { day: 'The day after', week: 'The week after' },
  today: 'Today',
  asTable: 'Show as a table',
  none: {
    member: 'Nothing is granted to this member in this time.',
    door: 'Nobody is granted this door in this time.',
  },
  incomplete:
    'So many grants lie in this time that those that start last are missing. Show a shorter time.',
  access: 'Door opens',
  accessHelp: 'All grants together',
  never: 'The door does not open in this time: no grant is live.',
  opens: (window: string) => `Door opens: ${window}`,
  grant: (source: string, window: string, status: string, provisioning: string) =>
    `${source}: ${window}. ${status}. ${provisioning}.`,
  openSource: {
    booking: (id: string) => `Booking ${id}`,
    plan: (id: string) => `Membership ${id}`,
    manual: 'Manual grant',
  },
  type: { lock: 'Door', group: 'Group' },
  deletedDoor: 'deleted mapping',
  now: (when: string) => `Now: ${when}`,
  clocks: {
    forward: (minutes: number, when: string) =>
      `The clocks are put forward by ${plural(minutes, { one: '# minute', other: '# minutes' })}: ${when}`,
    back: (minutes: number, when: string) =>
      `The clocks are put back by ${plural(minutes, { one: '# minute', other: '# minutes' })}: ${when}`,
  },
  more: (count: number) => `Show ${number(count)} more`,
  table: {
    label: 'Timeline as a table',
    door: 'Door',
    member: 'Member',
    what: 'What',
    window: 'From – until',
    status: 'Status',
    provisioning: 'At Kisi',
  },
} as const;
