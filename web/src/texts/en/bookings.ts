import { number, plural } from './words';

/** Bookings and memberships: what the booking platform tells of. */
export const bookings = {
  booking: {
    list: {
      title: 'Bookings',
      text: 'Members have a space from–to. A confirmed booking opens the doors of its space and the groups of its location, from start to end.',
      label: 'Bookings',
      empty: {
        title: 'No bookings yet',
        text: 'Bookings are not made here: your booking system sends them, over HTTP (PUT /v1/bookings/:id), by a signed webhook, or straight to Temporal.',
      },
    },
    title: (id: string) => `Booking ${id}`,
    status: { confirmed: 'Confirmed', pending: 'Pending', cancelled: 'Cancelled' },
    deleted: 'This booking was deleted at the booking system. Its access goes.',
  },
  membership: {
    list: {
      title: 'Memberships',
      text: 'Members hold a plan at a location. An active membership opens the door access of its plan and the groups of its location, until it ends.',
      label: 'Memberships',
      empty: {
        title: 'No memberships yet',
        text: 'Memberships are not made here: your booking system sends them, over HTTP (PUT /v1/memberships/:id), by a signed webhook, or straight to Temporal.',
      },
    },
    title: (id: string) => `Membership ${id}`,
    status: { active: 'Active', paused: 'Paused', cancelled: 'Cancelled' },
    deleted: 'This membership was deleted at the booking system. Its access goes.',
  },
  howTheyCome: 'How bookings and memberships come in',
  columns: {
    id: { booking: 'Booking', membership: 'Membership' },
    members: 'Members',
    space: 'Space',
    plan: 'Plan',
    location: 'Location',
    margin: 'Early and late minutes',
    noMargin: 'None: doors open from the start to the end.',
    earlyAndLate: (early: number, late: number) =>
      `Doors open ${String(early)} min before the start and shut ${String(late)} min after the end, but not within a neighbour’s time.`,
    window: 'From – until',
    status: 'Status',
    doors: 'Doors',
    door: 'Door',
    member: 'Member',
    source: 'Source',
    provisioning: 'At Kisi',
  },
  moreMembers: (count: number) => `and ${number(count)} more`,
  inLocation: (space: string, location: string) => `${space}, ${location}`,
  filters: {
    label: 'Search and filters',
    search: 'Search by the beginning of the id',
    member: 'Member',
    order: 'This day is before the one in From.',
    memberHelp: 'Beginning of a name, e-mail address or id',
    noMember: 'Nobody begins like that',
    membersNotRead: 'The members could not be read. Try again.',
    from: 'From day',
    until: 'Until day',
    anyMember: 'Clear the member',
    days: (zone: string) => `Days are those of ${zone}.`,
  },
  state: {
    doors: (doors: number) => plural(doors, { one: '# door', other: '# doors' }),
    working: 'Being worked on',
    attention: 'Needs attention',
    noDoors: 'None',
    warnings: (count: number) => plural(count, { one: '# warning', other: '# warnings' }),
  },
  detail: {
    facts: 'What the booking system says',
    progress: 'How far that has come',
    acceptedVersion: 'Accepted version',
    appliedVersion: 'Applied version',
    notApplied: 'none yet',
    settled: 'The accepted version is applied, and Kisi shows all of it.',
    beingApplied: 'The accepted version is being worked out; its grants have not all been told.',
    notSettled: 'The accepted version is applied; some of its grants have not reached Kisi yet.',
    workflow: 'Workflow in Temporal Web',
    warning: {
      no_door: 'Nothing will open',
      door_inactive: 'A door is not active',
      member_erased: 'A member is not known',
      member_on_hold: 'A member is on hold',
      window_past: 'It is over',
    },
    /** What it is and what to do. */
    warningText: {
      no_door: {
        booking:
          'Its space has no Lock mapping and its location no Group mapping. Map a lock to the space or a group to the location; this booking follows by itself.',
        membership:
          'Its plan lists no door and its location has no Group mapping. Add door access to the plan or map a group to the location; this membership follows by itself.',
      },
      door_inactive:
        'Access to it waits. Connect its Kisi organization again under Settings > Integrations, or map the door anew.',
      member_erased:
        'Nothing opens for them. Have your booking system send the member again, or take them out of this record.',
      member_on_hold:
        'Nothing opens for them. Press Release hold on the member’s page; access follows by itself.',
      window_past: 'Nothing will open. If it goes on, your booking system sends later dates.',
    },
    toDoors: 'Open Door Mappings',
    toPlan: 'Open the plan',
    grants: 'Grants it made',
    grantsText:
      'One for each member and door, former ones included. Their dates follow what the booking system says; Revoke and Restore are on the member’s Door Access tab.',
    noGrants: 'None so far.',
    upcoming: 'To be granted',
    upcomingText: 'Worked out, but not recorded yet.',
    inPlaceSince: (when: string) => `in place since ${when}`,
    removedAt: (when: string) => `removed ${when}`,
    openGrants: 'Open Door Access of the member',
  },
} as const;
