import { number, plural } from './words';

/** Plans and the doors that their subscribers get. */
export const plans = {
  title: 'Plans',
  lead: 'A plan lists the doors that its subscribers get for as long as their membership is active.',
  search: 'Search by name or the beginning of the id',
  table: 'Plans',
  columns: { name: 'Name', id: 'Plan id', doors: 'Doors' },
  doorCount: (count: number) => plural(count, { one: '# door', other: '# doors' }),
  empty: {
    title: 'No plans yet',
    text: 'Plans come from your host platform, which sends each with PUT /v1/plans/:id. You can also create one by hand.',
  },
  form: {
    create: 'Create plan',
    createTitle: 'Create plan',
    rename: 'Rename',
    renameTitle: 'Rename plan',
    id: 'Plan id',
    idHelp:
      'The id of the plan at your host platform: letters, digits, dots, underscores and hyphens. It cannot be changed later.',
    idFault:
      'Use 1 to 100 letters, digits, dots, underscores or hyphens, beginning with a letter or digit.',
    taken: 'There is a plan with this id already.',
    name: 'Name',
    nameFault: 'Enter a name.',
    saved: (name: string) => `${name} is saved`,
  },
  back: 'Back to all plans',
  tabs: { plan: 'Plan', doorAccess: 'Door Access' },
  facts: {
    title: 'Plan',
    id: 'Plan id',
    name: 'Name',
    created: 'Added',
    updated: 'Last changed',
    doors: 'Doors',
  },
  members: {
    title: 'Memberships',
    table: 'Memberships of this plan',
    text: 'Whoever holds this plan, as your booking system says.',
    empty: 'Nobody holds this plan yet.',
    columns: {
      membership: 'Membership',
      members: 'Members',
      status: 'Status',
      window: 'From – until',
    },
    deleted: 'Deleted',
    more: (count: number) => `and ${number(count)} more`,
  },
  access: {
    lead: 'Every active membership of this plan opens these doors, and beside them the groups of its location.',
    table: 'Doors of this plan',
    add: 'Add Door Access',
    columns: { door: 'Door', location: 'Location', state: 'State', actions: 'Actions' },
    noLocation: 'no location',
    active: 'Active',
    inactive: 'Inactive: nothing opens by it',
    remove: 'Remove',
    empty: {
      title: 'This plan opens no door yet',
      text: 'Add the doors that its subscribers get. Members who hold the plan already get them too.',
    },
  },
  affected: {
    title: 'Who is affected',
    count: (memberships: number, isAll: boolean) =>
      `${isAll ? '' : 'More than '}${plural(memberships, { one: '# active membership holds', other: '# active memberships hold' })} this plan.`,
    nobody: 'No active membership holds this plan: nobody is affected by a change.',
  },
  add: {
    title: 'Add Door Access',
    door: 'Door mapping',
    doorMissing: 'Choose a door mapping.',
    noLocation: '(give it a location first)',
    listed: '(in this plan already)',
    effect: 'What this does',
    reading: 'Working out who is affected …',
    done: 'Door access added',
  },
  remove: {
    title: (door: string) => `Remove ${door} from this plan?`,
    effect: 'What this does',
    submit: 'Remove',
    done: 'Door access removed',
  },
  follow: {
    label: 'Memberships follow',
    done: 'Every membership has followed.',
    failed: (message: string) => `Not every membership has followed: ${message}`,
  },
} as const;
