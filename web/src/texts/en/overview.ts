import { problems } from './problems';
import { number, plural } from './words';

export const overview = {
  title: 'Overview',
  text: 'What needs a person, and whether doors follow in time.',
  notForThisKey:
    'Your key may send bookings and grant access, but not look over the whole installation. Sign in with an operator’s or admin’s key to see the overview.',
  steps: {
    title: 'First steps',
    text: 'From nothing to a door that opens. Each step leads to where it is done.',
    done: 'done',
    open: 'to do',
    guide: 'How?',
    connect: {
      title: 'Step 1 — Connect Kisi',
      text: 'Add Kisi Access Control, assign your locations and test the connection.',
      go: 'Go to Settings > Integrations',
    },
    map: {
      title: 'Step 2 — Map Doors',
      text: 'Sync from Provider, or create door mappings by hand; assign each to its location and space.',
      go: 'Go to Door Mappings',
    },
    plans: {
      title: 'Step 3 — Assign Door Access to Plans',
      text: 'Choose which doors a plan opens. Leave it out where only bookings open doors.',
      go: 'Go to Plans',
    },
    grant: {
      title: 'Step 4 — Grant Manual Access to Members',
      text: 'Give somebody a door and see it in their My Keys. Bookings and memberships come from your booking system.',
      go: 'Go to Members',
    },
  },
  alerts: {
    title: 'Open alerts',
    none: 'No open alerts.',
    since: (when: string) => `Since ${when}.`,
    clearing: 'The trouble seems gone; the alert closes when it stays away.',
    more: 'There are more open alerts than are shown here.',
    nextStep: {
      bad_key: problems.kisi_key_refused,
      kisi_down:
        'Wait. It is tried again every few seconds, and what waits follows by itself. Look whom it touches, so that they can be let in by hand.',
      removals_held:
        'Find out why it would close so many. If that is right, press Allow the next run in the Health of the connection. If it is not, correct bookings, memberships or mappings first.',
      start_at_risk:
        'Explain, in the menu of the grant, says what to do. Let the member in by hand if need be.',
    },
    toHealth: 'Open the connection',
    toOutage: 'Open whom it touches',
    toGrant: 'Open the grant',
  },
  connections: {
    title: 'Kisi',
    none: 'No Kisi organization is connected yet.',
    state: {
      ok: 'Connected',
      fault: 'Fault',
      stopped: 'Emergency stop',
      removed: 'Removed',
    },
    since: (when: string) => `since ${when}`,
    foreignRows: (count: number) =>
      plural(count, { one: '# access of others', other: '# accesses of others' }),
    open: 'Open Settings > Integrations',
  },
  attention: {
    title: 'Grants in attention',
    none: 'No grant needs a person.',
    newest: (shown: number, count: number) => `The newest ${number(shown)} of ${number(count)}.`,
    columns: {
      member: 'Member',
      door: 'Door',
      status: 'Status',
      problem: 'What is wrong, what to do',
    },
    all: 'Show all of them',
    retry: 'Try again',
    retryOf: (member: string, door: string) => `Try again: ${member}, ${door}`,
    retried: 'It is being tried again.',
  },
  starts: {
    title: 'Starts that are near and not in place',
    text: 'Access that begins within the next hour, or has begun, and that Kisi does not have yet.',
    none: 'Everything that begins within the next hour is in place.',
    first: (count: number) => `The first ${number(count)}, in order of start.`,
    columns: { member: 'Member', door: 'Door', starts: 'Starts', state: 'At Kisi' },
    begunFor: (duration: string) => `began ${duration} ago`,
    beginsIn: (duration: string) => `begins in ${duration}`,
  },
  foreign: {
    title: 'Access that others gave at Kisi',
    text: 'Role assignments in mapped groups that another tool, or a person, has made. They are shown, never changed without your word. What is put by hand into a group that Latchkey made for one lock is removed within the hour instead: grant that here.',
    none: 'None: all access in mapped groups comes from here.',
    some: (shown: number, count: number) => `${number(shown)} of ${number(count)}.`,
    columns: { who: 'Who', where: 'Door', window: 'From – until', wanted: 'Also granted here' },
    kisiUser: (id: number) => `Kisi user ${String(id)}`,
    nobody: 'nobody known',
    group: (id: number) => `Kisi group ${String(id)}`,
    yes: 'Yes',
    no: 'No',
    open: 'Adopt or clear them under Settings > Integrations',
  },
  latency: {
    title: 'How fast doors follow',
    text: (hours: number) =>
      `Measured: every change that Kisi showed in the last ${plural(hours, { one: 'hour', other: '# hours' })}, per hour.`,
    shortened: (when: string) =>
      `So much happened that only what settled since ${when} is counted.`,
    kinds: {
      grant: {
        title: 'Access granted',
        text: 'From the acceptance, or the start where that came later, until it is in place at Kisi.',
      },
      revoke: {
        title: 'Access revoked early',
        text: 'From the acceptance of a revoke until Kisi shows it.',
      },
      end: {
        title: 'Access at its end',
        text: 'By how much it outlived its window. The end is written to Kisi ahead, so that 0 is usual.',
      },
    },
    ahead: (count: number) =>
      count === 0
        ? 'No access was written ahead of its start.'
        : `${plural(count, { one: '# more was', other: '# more were' })} in place before the start.`,
    count: (count: number) => plural(count, { one: '# change', other: '# changes' }),
    none: 'Nothing settled in this time.',
    median: 'Half within',
    p95: '95 of 100 within',
    legend: { median: 'Half within', p95: '95 of 100 within' },
    plotLabel: (title: string, count: number, median: string, p95: string) =>
      `${title}, per hour: ${plural(count, { one: '# change', other: '# changes' })}, half within ${median}, 95 of 100 within ${p95}. The table below has every hour.`,
    scale: 'Logarithmic scale; times are those of this browser.',
    table: 'Show as a table',
    columns: { hour: 'Hour', count: 'Changes' },
    bar: (hour: string, count: number, median: string, p95: string) =>
      `${hour}: ${number(count)}, half within ${median}, 95 of 100 within ${p95}`,
  },
} as const;
