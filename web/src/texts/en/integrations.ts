import { number, plural } from './words';

const rows = (count: number): string => plural(count, { one: '# row', other: 'Each of # rows' });

export const integrations = {
  title: 'Integrations',
  text: 'The connections to the access control systems whose doors Latchkey opens.',
  available: 'Available',
  added: 'Added',
  kisi: {
    name: 'Kisi Access Control',
    about:
      'Members open doors while a booking, a plan or a manual grant gives them access. You need a Kisi API key made by the Organization Owner.',
    addedBelow: 'Added below. Assign your locations and save the settings to connect it.',
  },
  none: 'Nothing is added yet. Click Add next to Kisi Access Control.',
  add: 'Add',
  assign: 'Assign to locations',
  settings: 'Settings',
  remove: 'Remove',
  reconnect: 'Reconnect',
  reconnectInstead: 'Stop removing and reconnect',
  replaceKey: 'Replace the key',
  health: 'Health',
  cardOf: (organization: string) => `Kisi Access Control, ${organization}`,
  state: {
    draft: 'Not connected yet',
    ok: 'Connected',
    unknown: 'State not known',
    fault: 'Needs attention',
    stopped: 'Emergency stop',
    removing: 'Being removed',
    removed: 'Removed',
  },
  locations: 'Locations',
  noLocations: 'None yet. Click + to assign it to your locations.',
  key: (hint: string) => `API key ends in ${hint}`,
  keyUnreadable: 'The stored API key cannot be read. Paste it again under Settings.',
  draftSteps: 'Click + to assign your locations, then Settings to enter the API key.',
  assignDialog: {
    title: 'Assign to locations',
    text: 'Doors can be mapped at the locations that you choose.',
    served: (organization: string) => `Served by ${organization}`,
    none: 'There are no locations yet',
    noneText:
      'Locations come from your booking system (PUT /v1/locations/:id, see the API reference). They appear here as soon as they are sent.',
    leftOut:
      'Door mappings at a location that you take away stay as they are and go on opening. No door can be mapped there any more.',
    save: 'Save',
    saved: 'The locations are saved.',
  },
  settingsDialog: {
    title: 'Kisi Access Control',
    key: 'Kisi API Key',
    keyHelp:
      'Made by the Organization Owner in Kisi’s dashboard under Developer Settings. It is stored encrypted and never shown again.',
    keyKept: (hint: string) =>
      `Leave it empty to keep the key that ends in ${hint}. A new key must belong to the same Kisi organization.`,
    keyReplaced:
      'A key of the same Kisi organization, with which the removal goes on. It is dropped when that is done.',
    keyMissing: 'Paste the Kisi API key.',
    test: 'Test Connection',
    save: 'Save',
    noLocation: 'It is assigned to no location yet: no door can be mapped until it is.',
    willServe: (names: string) => `Will serve ${names}.`,
    comesBack:
      'Its door mappings become active again, and all access that bookings, plans and grants give is put in place.',
    memberMode: 'How members come to exist at Kisi',
    managed: 'Silently',
    managedHelp: 'Kisi mails nobody. Members open doors with My Keys only.',
    invited: 'By invitation',
    invitedHelp:
      'Kisi mails each new member, who may then use Kisi’s own app, with NFC and Bluetooth, as well.',
    modeStays: 'A change holds for members who are yet to be made at Kisi.',
    madeOtherwise: (count: number) =>
      plural(count, {
        one: 'The settings are saved. # member was made at Kisi the other way and stays so.',
        other: 'The settings are saved. # members were made at Kisi the other way and stay so.',
      }),
    deletion: 'When somebody deletes a member’s access in Kisi’s dashboard',
    repair: 'Give it again',
    repairHelp: 'Bookings, plans and grants decide alone.',
    revoke: 'Revoke the grant',
    revokeHelp:
      'The grants that led to it are revoked, and can be restored. Works only while Latchkey listens to Kisi’s events.',
    connected: (organization: string) => `Kisi Access Control is connected to ${organization}.`,
    saved: 'The settings are saved.',
    ownerHint:
      'Check that your API key was created by the Organization Owner in Kisi’s dashboard under Developer Settings.',
  },
  test: {
    works: (organization: string) => `Connected to ${organization}`,
    owner: (name: string) => `The key belongs to ${name}, the Organization Owner.`,
    notOwner: (name: string) => `The key belongs to ${name}, who is not the Organization Owner.`,
    lacks: (organization: string) =>
      `The key works for ${organization}, but may not do all that is needed`,
    misfits: {
      connected: {
        title: 'This organization is connected already',
        text: (organization: string) =>
          `Save is refused. Close this, and use Settings of the connection to ${organization}; what was added here can be discarded with Remove.`,
      },
      other_organization: {
        title: 'This key is of another organization than this connection',
        text: (organization: string, own: string) =>
          `It belongs to ${organization}, the connection to ${own}. Paste a key of ${own}; add a connection of its own for ${organization}.`,
      },
    },
    rights: (ok: number, all: number) => `Rights: ${number(ok)} of ${number(all)} in place`,
    showRights: 'Show all rights',
    hideRights: 'Hide the rights',
    rightsTable: 'Rights of the key',
    right: 'Right',
    result: 'Result',
    has: 'In place',
    lacking: 'Lacking',
    how: {
      probe: 'tried at Kisi',
      permissions: 'read from the roles of the key’s owner',
      owner: 'the Organization Owner may do everything',
    },
  },
  removeDialog: {
    title: 'Remove Kisi Access Control',
    text: (organization: string) =>
      `This removes the API connection to ${organization}. Door mappings remain saved but are inactive until you reconnect.`,
    effects: 'What will happen',
    mappings: (count: number) =>
      plural(count, {
        one: '# door mapping becomes inactive: nothing can be granted at it.',
        other: '# door mappings become inactive: nothing can be granted at them.',
      }),
    mappingsUnknown: 'Its door mappings become inactive: nothing can be granted at them.',
    open: (count: number) =>
      count === 0
        ? 'Nobody is let in by it now.'
        : `${plural(count, { one: '# grant lets somebody', other: '# grants let people' })} in now. What becomes of that access is your choice below.`,
    grants:
      'Bookings and grants are kept. They wait, and are put in place when you reconnect the same Kisi organization.',
    key: 'The API key is dropped when the removal is done.',
    mode: 'Access that members have at Kisi now',
    remove: 'Take it away',
    removeHelp: 'All access that Latchkey gave is removed at Kisi first. Members are locked out.',
    leave: 'Leave it until it ends',
    leaveHelp:
      'Access with an end stays at Kisi and ends there by itself. Access without an end is taken away.',
    confirm: 'Remove',
    begun: 'The removal has begun.',
  },
  removal: {
    running: 'Removing: taking access away at Kisi',
    failed: (message: string) => `The removal has failed: ${message}`,
    replaceKey:
      'Press Replace the key here and paste the new one: then the removal goes on. Nothing is connected again by it.',
    done: 'Removed. Door mappings remain saved but are inactive until you reconnect.',
    doneLeft:
      'Removed. Access with an end was left at Kisi until it ends. Door mappings remain saved but are inactive until you reconnect.',
  },
  discard: 'Remove',
  summary: {
    look: 'Look',
    lookAtAll: 'Look at those of all connections',
    limited:
      'How this connection is doing is not shown to you: it concerns other locations than yours too.',
    stopped: 'The emergency stop is on: nothing new is written at Kisi',
    faultTimes: (since: string, next: string) =>
      `Since ${since}. It is tried again by itself, next at ${next}.`,
    rights: (count: number) =>
      plural(count, { one: 'The API key lacks # right.', other: 'The API key lacks # rights.' }),
    attention: (count: number) =>
      plural(count, { one: '# grant needs attention.', other: '# grants need attention.' }),
    blocked: (count: number) =>
      plural(count, {
        one: '# mapped door will not open with My Keys.',
        other: '# mapped doors will not open with My Keys.',
      }),
    refused: 'A reconciliation waits for your word.',
    foreign: (count: number) =>
      plural(count, {
        one: '# access at Kisi was made by another tool or person.',
        other: '# accesses at Kisi were made by other tools or persons.',
      }),
  },
  page: {
    back: 'All integrations',
    tabs: 'Connection',
    health: 'Health',
    foreignRows: 'Foreign rows',
    outage: 'Outage',
    test: 'Test Connection',
    waiting: 'Grants that are not as they should be',
    waitingNone: 'None: all grants are as they should be.',
    waitingCounts: {
      attention: (count: number) => `${number(count)} needing attention`,
      pending: (count: number) => `${number(count)} being set up`,
      queued: (count: number) =>
        plural(count, { one: '# waiting for its turn', other: '# waiting for their turn' }),
      removing: (count: number) => `${number(count)} being removed`,
    },
    rights: 'Rights that the API key lacks',
    doors: 'Doors that will not open with My Keys',
    doorsText: 'As last seen by a sync or a test.',
    figures: 'Requests to Kisi',
    requests: (minute: number, hour: number, day: number, limit: number) =>
      `${number(minute)} in the last minute, ${number(hour)} in the last hour, ${number(day)} in the last day. Kisi allows ${number(limit)} a second.`,
    lastSuccess: (when: string) => `Kisi last answered at ${when}.`,
    lastFault: (detail: string, since: string, until: string) =>
      `Last trouble: ${detail} From ${since} until ${until}.`,
    run: 'Last reconciliation',
    runNone: 'There was none yet. It runs every hour.',
    runAt: (when: string) => `Begun at ${when}.`,
    runCounts: (expired: number, repaired: number, removed: number, foreign: number) =>
      `${number(expired)} expired, ${number(repaired)} repaired, ${number(removed)} removed, ${number(foreign)} made by others.`,
    runSkipped: (why: string) => `Nothing was compared: ${why}`,
    refused: 'It waits for your word',
    refusedText: (planned: number, open: number) =>
      `It would close ${number(planned)} of ${plural(open, { one: '# door that is open', other: '# doors that are open' })} now, more than it may without a person. Find out why, then allow the next run to do so.`,
    approve: 'Allow the next run',
    approveText: (planned: number, open: number) =>
      `The next run may then close ${number(planned)} of ${plural(open, { one: '# door that is open', other: '# doors that are open' })} now: whoever stands there is locked out. So many at once are seldom right. Look at the latest changes of bookings, memberships, plans and door mappings first, and at the Kisi dashboard.`,
    approved: 'The next run may do so. It begins now.',
  },
  events: {
    title: 'Events from Kisi',
    text: 'With them, unlocks by Kisi’s app or a card show in the access logs, and access that somebody changes in Kisi’s dashboard is noticed within a minute instead of within the hour.',
    off: 'Latchkey does not listen to this organization’s events.',
    on: (when: string) => `Latchkey has listened since ${when}.`,
    last: (when: string) => `The last event came at ${when}.`,
    noneYet:
      'No event has come yet. Open a door; when nothing shows here after a minute, look at the webhook in Kisi’s dashboard.',
    listen: 'Listen to events',
    again: 'Make a new signature key',
    forget: 'Stop listening',
    listenText:
      'The webhook is made at Kisi. The Kisi API key needs the right to write integrations.',
    againText:
      'The key before no longer holds: its events are refused from now on. Delete its webhook in Kisi’s dashboard.',
    byHand: 'I set it up in Kisi’s dashboard myself',
    byHandHelp:
      'You are shown the address and the signature key. Needed where Latchkey does not know its public address (PUBLIC_URL).',
    made: 'Kisi was given the address and the key: nothing more is to be done.',
    paste:
      'In Kisi’s dashboard, under Integrations, add an Event Webhook with this address and signature key, and switch on the events below. The key is shown this once.',
    address: 'Address',
    key: 'Signature key',
    copyAddress: 'Copy the address',
    copyKey: 'Copy the signature key',
    types: 'Events to switch on:',
    done: 'Done',
    forgetText:
      'Every event is refused from now on, and Kisi switches its webhook off by itself. What others change at Kisi is then found every hour.',
    forgotten: 'Latchkey no longer listens to Kisi’s events.',
  },
  stop: {
    title: 'Emergency stop',
    is: (reason: string, since: string, by: string) => `“${reason}”, since ${since}, set by ${by}.`,
    off: 'Nothing is stopped. When doors open for the wrong people, stop all that is written at Kisi.',
    action: 'Stop what is written at Kisi',
    release: 'Release the emergency stop',
    dialogText:
      'Nothing is created or changed at this Kisi organization from then on. What Kisi holds already begins and ends by itself, and members unlock as ever. Bookings and grants are accepted, and wait.',
    reason: 'Reason',
    reasonHelp: 'Shown to everybody who works here.',
    reasonMissing: 'Say why.',
    includeRemovals: 'Stop removals as well',
    includeRemovalsHelp: 'Nothing at all is written then: access that should go stays.',
    confirm: 'Stop',
    releaseText:
      'What has waited follows: removals first, then starts that are due, starts within the hour, and the rest.',
    releaseConfirm: 'Release',
    stopped: 'The emergency stop is on.',
    released: 'The emergency stop is released. What has waited follows.',
    removalsStopped: 'Removals are stopped as well.',
  },
  foreign: {
    title: 'Access at Kisi that others made',
    text: 'Latchkey did not make these and never changes them without your word. Adopt takes a row over: where a live grant wants it, it stays and takes the grant’s window; where none does, it is removed. Clear removes it.',
    refresh: 'Read anew at Kisi',
    refreshed: 'Kisi is read anew. This takes a moment.',
    adopt: 'Adopt',
    clear: 'Clear',
    select: (id: number) => `Select row ${String(id)}`,
    selected: (count: number) =>
      plural(count, { one: '# row is selected', other: '# rows are selected' }),
    full: (most: number) => `, as many as go at once: ${number(most)}`,
    columns: {
      select: 'Select',
      member: 'Who',
      door: 'Door mapping',
      window: 'Window',
      made: 'Made at Kisi',
      state: 'When adopted',
    },
    nobody: (id: string) => `Kisi user ${id}, no member`,
    team: 'A team or guest',
    group: (id: number) => `Kisi group ${String(id)}`,
    wanted: 'Stays: a live grant wants it',
    unwanted: 'Goes: no live grant wants it',
    empty: 'No other tool or person has made access in your mapped doors',
    emptyText: 'Looked at every hour.',
    adoptTitle: 'Adopt rows',
    clearTitle: 'Clear rows',
    adoptEffect: {
      stays: (count: number) => `${rows(count)} will stay, under Latchkey.`,
      goes: (count: number) =>
        `${rows(count)} will be removed at Kisi, since no live grant asks for what it gives.`,
      left: (count: number) => `${rows(count)} cannot be adopted and will stay as it is.`,
    },
    clearEffect: {
      goes: (count: number) =>
        `${rows(count)} will be removed at Kisi: whoever has it loses that access.`,
      left: (count: number) =>
        `${rows(count)} will stay as it is, because a live grant counts on it or it is no member’s door access.`,
    },
    each: 'Each row is read again first and must be as listed.',
    done: (done: number, refused: number) =>
      refused === 0
        ? `${number(done)} done.`
        : `${number(done)} done, ${plural(refused, { one: '# left as it is', other: '# left as they are' })}:`,
    reasons: {
      unknown: 'never seen, or seen no more: read anew',
      gone: 'no longer at Kisi',
      changed: 'not as listed: read anew',
      ours: 'ours by now',
      not_door_access: 'a manager’s, team’s or guest’s row, never touched',
      member_unknown: 'no member is this Kisi user',
      door_not_mapped: 'no door mapping leads through its group',
      wanted: 'a live grant counts on it: adopt it instead',
      not_reached: 'Kisi did not answer in time: try again',
    },
    row: (id: number, reason: string) => `Row ${String(id)}: ${reason}`,
  },
  outage: {
    title: 'Whom an outage touched',
    text: 'Members whose access was due to begin while Kisi was away and was not in place, so that you can let them in by hand; and access that was due to end and stayed.',
    none: 'There was no outage',
    noneText: 'Kisi has answered all the time.',
    goesOn: (detail: string, from: string) => `${detail} Since ${from}, and it goes on.`,
    over: (detail: string, from: string, until: string) => `${detail} From ${from} until ${until}.`,
    nobody: 'Nobody was touched',
    nobodyText: 'All access began and ended on time.',
    columns: { member: 'Member', door: 'Door', missed: 'Missed', due: 'Due', now: 'Now' },
    missed: { start: 'Start', end: 'End' },
    mended: 'Mended',
    byHand: 'Help by hand',
  },
} as const;
