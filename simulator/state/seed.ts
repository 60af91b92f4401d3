import { z } from 'zod';
import { newGroup, newSecret } from './defaults';
import { rights } from './records';
import type { Right, User } from './records';
import type { State } from './state';

const name = z.string().min(1);

const seedUser = z.strictObject({
  email: z.email(),
  name: name.optional(),
  /** What the user's logins may do: members have no rights, administrators all. */
  rights: z.union([z.literal('all'), z.array(z.enum(rights))]).default([]),
  /** Secrets of API keys that the user owns. */
  apiKeys: z.array(z.string().min(1)).default([]),
  /** For password sign-in. */
  password: z.string().optional(),
});

const seedPlace = z.strictObject({
  name,
  address: z.string().default('1 Simulated Street'),
  timeZone: z.string().optional(),
  locks: z.array(z.strictObject({ name, online: z.boolean().default(true) })).default([]),
});

const seedOrganization = z.strictObject({
  name,
  domain: name,
  timeZone: z.string().default('Europe/Berlin'),
  owner: seedUser.extend({ rights: z.literal('all').default('all') }),
  users: z.array(seedUser).default([]),
  places: z.array(seedPlace).default([]),
  /** `locks` are names of locks of this organization. */
  groups: z.array(z.strictObject({ name, locks: z.array(name).default([]) })).default([]),
  teams: z.array(z.strictObject({ name })).default([]),
  guests: z.array(z.strictObject({ name })).default([]),
});

/** Organizations to plant. Seeding adds; it never changes what is there. */
export const seedInput = z.strictObject({ organizations: z.array(seedOrganization).min(1) });

/** A seed as a test writes it. */
export type SeedInput = z.input<typeof seedInput>;

/** What was planted, by name: ids of places, locks, groups, teams and guests; users by e-mail. */
export interface SeededOrganization {
  id: number;
  ownerId: number;
  users: Record<string, number>;
  places: Record<string, number>;
  locks: Record<string, number>;
  groups: Record<string, number>;
  teams: Record<string, number>;
  guests: Record<string, number>;
}

/** The API key of the default seed: documented, and good for nothing but the simulator. */
export const demoApiKey = 'simulated-kisi-demo-api-key';

/** The API key of the default seed whose account may do everything but this. */
export function keyWithout(right: Right): string {
  return `simulated-kisi-key-without-${right}`;
}

/** Accounts that lack one right each, so that a connection test can be seen to name it. */
function accountsThatLackOneRight(): SeedInput['organizations'][number]['users'] {
  return rights.map((right) => ({
    email: `without-${right}@simulated-coworking.test`,
    name: `Nobody ${right}`,
    rights: rights.filter((other) => other !== right),
    apiKeys: [keyWithout(right)],
  }));
}

/**
 * One coworking space with three doors, a group made in the dashboard, its owner, a second
 * administrator, and accounts that lack one right each.
 */
export function defaultSeed(apiKey: string = demoApiKey): SeedInput {
  return {
    organizations: [
      {
        name: 'Simulated Coworking',
        domain: 'simulated-coworking',
        timeZone: 'Europe/Berlin',
        owner: { email: 'owner@simulated-coworking.test', name: 'Olivia Owner', apiKeys: [apiKey] },
        users: [
          { email: 'desk@simulated-coworking.test', name: 'Dashboard Desk', rights: 'all' },
          ...(accountsThatLackOneRight() ?? []),
        ],
        places: [
          {
            name: 'Simulated House',
            locks: [{ name: 'Front Door' }, { name: 'Meeting Room' }, { name: 'Studio' }],
          },
        ],
        groups: [{ name: 'Common Areas', locks: ['Front Door', 'Studio'] }],
      },
    ],
  };
}

/**
 * Plants the organizations at `now` (ms UTC); throws a ZodError on bad input and a RangeError on a group
 * that names an unknown lock or on a key that is in use.
 */
export function applySeed(state: State, input: SeedInput, now: number): SeededOrganization[] {
  const seed = seedInput.parse(input);
  const keys = seed.organizations.flatMap((o) => [o.owner, ...o.users]).flatMap((u) => u.apiKeys);
  const inUse = new Set(state.tables.logins.all().map((login) => login.secret));
  const taken = keys.find((key, index) => inUse.has(key) || keys.indexOf(key) !== index);
  if (taken !== undefined) throw new RangeError('an API key of the seed is in use already');
  return seed.organizations.map((organization) => plant(state, organization, now));
}

function plant(
  state: State,
  seed: z.output<typeof seedOrganization>,
  now: number,
): SeededOrganization {
  const { tables } = state;
  const { id } = tables.organizations.insert(
    {
      name: seed.name,
      domain: seed.domain,
      timeZone: seed.timeZone,
      ownerId: null,
      deviceLoginsExpireAfter: 1_209_600,
    },
    now,
  );
  const base = { organizationId: id };
  const ownerId = addUser(state, id, seed.owner, now).id;
  tables.organizations.update(id, { ownerId }, now);
  const users = seed.users.map((user) => [user.email, addUser(state, id, user, now).id] as const);

  const locks: Record<string, number> = {};
  const places = seed.places.map((place) => {
    const { address, timeZone = seed.timeZone } = place;
    const placeId = tables.places.insert({ ...base, name: place.name, address, timeZone }, now).id;
    for (const lock of place.locks) {
      const fields = { ...lock, description: null, configured: true, lockedDownSince: null };
      locks[lock.name] = tables.locks.insert({ ...base, ...fields, placeId }, now).id;
    }
    return [place.name, placeId] as const;
  });

  const groups = seed.groups.map((group) => {
    const fields = { ...newGroup, name: group.name, placeId: null };
    const groupId = tables.groups.insert({ ...base, ...fields }, now).id;
    for (const lockName of group.locks) {
      const lockId = locks[lockName];
      if (lockId === undefined) {
        throw new RangeError(`the group "${group.name}" names the unknown lock "${lockName}"`);
      }
      tables.groupLocks.insert({ ...base, groupId, lockId }, now);
    }
    return [group.name, groupId] as const;
  });
  const teams = seed.teams.map((t) => [t.name, tables.teams.insert({ ...base, ...t }, now).id]);
  const guests = seed.guests.map((g) => [g.name, tables.guests.insert({ ...base, ...g }, now).id]);
  return {
    id,
    ownerId,
    users: Object.fromEntries([[seed.owner.email, ownerId] as const, ...users]),
    places: Object.fromEntries(places),
    locks,
    groups: Object.fromEntries(groups),
    teams: Object.fromEntries(teams) as Record<string, number>,
    guests: Object.fromEntries(guests) as Record<string, number>,
  };
}

/** Adds a user with the API keys that they own. */
export function addUser(
  state: State,
  organizationId: number,
  seed: z.output<typeof seedUser> | { email: string; name?: string | undefined },
  now: number,
): User {
  const wanted = seedUser.parse(seed);
  const user = state.tables.users.insert(
    {
      organizationId,
      email: wanted.email,
      name: wanted.name ?? wanted.email.split('@', 1).join(),
      metadata: {},
      image: null,
      notes: null,
      accessEnabled: true,
      passwordFlowEnabled: true,
      confirmed: true,
      lastAccessedAt: null,
      password: wanted.password ?? null,
      rights: wanted.rights,
    },
    now,
  );
  for (const secret of wanted.apiKeys) addApiKey(state, user, secret, now);
  return user;
}

/** Gives a user an API key that never runs out; without a secret it gets a new one. */
export function addApiKey(state: State, user: User, secret = newSecret(), now: number): number {
  return state.tables.logins.insert(
    {
      organizationId: user.organizationId,
      userId: user.id,
      type: 'api',
      name: 'API key',
      secret,
      primary: false,
      expire: false,
      lastUsedAt: null,
      deviceBrand: null,
      deviceModel: null,
      osName: null,
    },
    now,
  ).id;
}
