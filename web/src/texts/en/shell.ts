import { plural } from './words';

export const shell = {
  product: 'Latchkey',
  skipToContent: 'Skip to content',
  menu: 'Open or close the menu',
  navigation: 'Main',
  nav: {
    overview: 'Overview',
    members: 'Members',
    grants: 'Grants',
    bookings: 'Bookings',
    memberships: 'Memberships',
    plans: 'Plans',
    doorMappings: 'Door Mappings',
    settings: 'Settings',
    integrations: 'Integrations',
    apiKeys: 'API keys',
    guide: 'Guide',
    apiDocs: 'API reference',
  },
  theme: { toDark: 'Use the dark theme', toLight: 'Use the light theme' },
  signedInAs: (name: string) => `Signed in as ${name}`,
  onlyLocations: (count: number) =>
    plural(count, { one: 'You see # location', other: 'You see # locations' }),
  signOutFailed: 'You are still signed in: signing out did not work. Try again.',
  signOut: 'Sign out',
  signIn: {
    title: 'Sign in to Latchkey',
    lead: 'Door access that follows bookings, plans and manual grants.',
    apiKey: 'API key',
    apiKeyHelp:
      'The first admin key is shown by “npm start”, or made by “npm run create-api-key”; others by an admin under Settings > API keys.',
    submit: 'Sign in',
    or: 'or',
    oidc: 'Sign in with your organization',
    failed: {
      title: 'You are not signed in',
      byCode: {
        oidc_flow_invalid:
          'This sign-in was begun in another browser, or more than 10 minutes ago. Start again here.',
        oidc_refused:
          'Your organization’s sign-in does not vouch for you. Try again; if it stays, ask whoever manages accounts there.',
        oidc_scope_missing:
          'Your account may do nothing in Latchkey yet. Ask whoever manages accounts at your organization’s sign-in to give you a role here.',
        oidc_locations_missing:
          'Your account is given no location yet. Ask whoever manages accounts at your organization’s sign-in to name your locations.',
        oidc_unavailable:
          'Your organization’s sign-in cannot be reached. Try again in a minute, or use an API key.',
        rate_limited: 'There were too many attempts from here. Try again in a minute.',
      },
      unknown: 'Your organization’s sign-in did not work. Try again, or use an API key.',
    },
    ended: 'Your session has ended. Sign in again to go on where you were.',
  },
  notFound: {
    title: 'There is no such page',
    text: 'The address is wrong, or what it showed is gone.',
    back: 'Go to the overview',
  },
  broken: {
    title: 'This page could not be shown',
    text: 'Load it again. When that does not help, tell whoever runs Latchkey what you did.',
    reload: 'Load again',
  },
} as const;
