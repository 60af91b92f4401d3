import documents from './documents.json';

export const myKeys = {
  title: documents.myKeys.title,
  of: (name: string) => `Keys of ${name}`,
  tip: 'Be near the door when you tap Unlock.',
  signOut: 'Sign out',
  now: 'Open now',
  later: 'Opens later',
  loading: documents.myKeys.loading,
  slow: 'This takes longer than usual. The connection is slow; we keep trying.',
  asOf: (time: string) => `Not up to date: this list is as of ${time}. We keep trying.`,
  retry: 'Try again',
  unlock: 'Unlock',
  /** Goes behind the word on a button, for screen readers. */
  doorOfButton: (door: string) => ` ${door}`,
  tap: {
    locating: 'Locating …',
    locatingText: 'This door asks where you are. Allow this page to see your location.',
    opening: 'Opening …',
    openingSlow: 'Still waiting for an answer. Stay at the door.',
    opened: 'Opened',
    openedText: 'The door is unlocked for a few seconds. Open it now.',
    openedBefore: {
      title: (time: string) => `It was opened at ${time}`,
      text: 'Your earlier tap did open the door, and it may be locked again by now. Tap Unlock to open it once more.',
    },
    refused: 'The door stays shut',
    noAnswer: {
      title: 'No answer',
      text: 'The door may or may not have opened. Try the door; if it is locked, tap Unlock again.',
    },
    notSent: {
      title: 'No connection',
      text: 'Your tap was not sent, so the door stays shut. Get a connection and tap Unlock again.',
    },
    location: {
      title: 'This door needs your location',
      denied:
        'This page may not see your location. Allow it in the settings of your browser, then tap Unlock again.',
      unknown:
        'Your phone could not tell where you are. Turn on its location, go to the door, then tap Unlock again.',
    },
    problems: {
      another_member: {
        text: 'Somebody else is signed in to My Keys in this browser now.',
        remedy: 'Load this page again to see whose keys these are.',
      },
      key_not_held: {
        text: 'You have no key for this door any more.',
        remedy: 'Extend your booking, or ask the front desk.',
      },
      access_on_hold: {
        text: 'Your access is on hold.',
        remedy: 'Ask the front desk what is due.',
      },
      key_not_yet: {
        text: 'Your key for this door does not open yet.',
        remedy: 'Come back when it does; the time is on this page.',
      },
      rate_limited: {
        text: 'Too many taps in a row.',
        remedy: 'Wait a minute, then tap once.',
      },
    },
    otherProblem: {
      text: 'The door was not opened.',
      remedy: 'Load this page again, then ask the front desk.',
    },
    /** For screen readers, when the state of a door changes. */
    said: (door: string, state: string) => `${door}: ${state}`,
  },
  door: {
    until: (when: string) => `Until ${when}`,
    noEnd: 'No end date',
    beingSetUp: 'Being set up',
    beingSetUpText: 'Your key for this door is ready in a moment. This page shows it by itself.',
    attention: 'Not ready',
  },
  reason: {
    source: { booking: 'Booking', plan: 'Plan', manual: 'Given to you' },
    until: (source: string, when: string) => `${source} until ${when}`,
    from: (source: string, from: string) => `${source} from ${from}`,
    window: (source: string, from: string, until: string) => `${source} ${from} to ${until}`,
  },
  upcoming: {
    opens: (when: string) => `Opens ${when}`,
    in: (time: string) => `in ${time}`,
    now: 'in a moment',
  },
  empty: {
    nothing: {
      title: 'You have no keys at the moment',
      text: 'Doors show up here as soon as you have a booking, a plan with doors, or access that the team gives you. Book a room in your portal, or ask the front desk.',
    },
    onlyLater: 'No door opens for you right now. What opens later is below.',
  },
  hold: {
    title: 'Your access is on hold',
    text: (reason: string) => `Reason: ${reason}`,
    remedy: 'Ask the front desk what is due. Your doors come back by themselves after that.',
  },
  unread: (groups: string) =>
    `Some of your doors are not listed yet: ${groups}. Ask the front desk to let you in meanwhile.`,
  unreadGroup: (name: string, location: string | null) =>
    location === null ? name : `${name} (${location})`,
  unreachable: {
    title: 'My Keys does not answer',
    text: 'Check your connection. We keep trying.',
  },
  toPortal: 'Open my portal',
  out: {
    none: {
      title: 'Open My Keys from your portal',
      text: 'Sign in to the member portal of your space and choose My Keys there. It brings you here with your doors.',
    },
    ended: {
      title: 'Your session has ended',
      text: 'Sessions are short, to keep your doors safe. Go back to the member portal of your space and open My Keys again.',
    },
    leaving: { title: 'Signing out …', text: 'This takes a moment.' },
    notYet: {
      title: 'You are not signed out yet',
      text: 'There is no connection. We keep trying: keep this page open until it says that you are signed out.',
    },
    left: {
      title: 'You are signed out',
      text: 'To see your doors again, open My Keys from the member portal of your space.',
    },
  },
} as const;
