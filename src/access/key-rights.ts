import { KisiError, type CallOptions, type KisiClient, type KisiList } from '../kisi';

/**
 * All that this product does at Kisi, by the names of Kisi's role permissions (openapi.yaml,
 * `RolePermissions`). Nobody can give a right that they lack themselves (kisi/facts.md §2.6), so that
 * giving door access needs `locks_unlock` as well.
 */
export const NEEDED_RIGHTS = [
  'locks_read',
  'locks_unlock',
  'groups_read',
  'groups_write',
  'group_locks_read',
  'group_locks_write',
  'users_read',
  'users_write',
  'role_assignments_read',
  'role_assignments_write',
  'logins_write',
] as const;
export type NeededRight = (typeof NEEDED_RIGHTS)[number];

/** What was found out about one right of a key. */
export interface RightFound {
  right: NeededRight;
  ok: boolean;
  /**
   * `probe`: Kisi was asked for something that needs it. `permissions`: read from the roles of the
   * key's owner. `owner`: the Organization Owner may do everything.
   */
  how: 'probe' | 'permissions' | 'owner';
  /** `null` when there is nothing to do. */
  remedy: string | null;
}

/** Whose key it is, and what it may do. */
export interface KeyReport {
  organization: { id: number; name: string; domain: string; timeZone: string };
  keyOwner: { id: number; name: string; isOrganizationOwner: boolean };
  /** Every needed right, in the order of `NEEDED_RIGHTS`. */
  rights: RightFound[];
}

/**
 * Looks at what a key may do, without changing anything at Kisi. What only reads is tried; what would
 * write is taken from the roles of the key's owner. Some lists answer an empty page where the right
 * is lacking (no 403 is documented for lists), so that only rows, or a refusal, prove anything.
 *
 * @throws KisiError when Kisi refuses the key as a whole or is away
 */
export async function examineKey(kisi: KisiClient, options: CallOptions): Promise<KeyReport> {
  const { ownerId, ...organization } = await kisi.organization(options);
  const { id, name } = await kisi.currentUser(options);
  const isOrganizationOwner = ownerId === id;
  const permitted = isOrganizationOwner ? null : await permissionsOf(kisi, id, options);
  const probes = await probeAll(kisi, options);
  return {
    organization: {
      id: organization.id,
      name: organization.name,
      domain: organization.domain,
      timeZone: organization.timeZone,
    },
    keyOwner: { id, name, isOrganizationOwner },
    rights: NEEDED_RIGHTS.map((right) => judge(right, probes.get(right) ?? 'unclear', permitted)),
  };
}

/** The rights that are lacking, by name. */
export function missingRights(rights: readonly RightFound[]): NeededRight[] {
  return rights.filter(({ ok }) => !ok).map(({ right }) => right);
}

/** Names the place: only there can it be mended. */
export function remedyFor(right: string): string {
  return `In the Kisi dashboard, signed in as the Organization Owner, make an API key under Developer Settings and replace this key with it. Or have the Organization Owner give this key's account a role with ${right}.`;
}

type Probe = 'granted' | 'refused' | 'unclear';

/** @param permitted rights by the roles of the key's owner; `null`: the Organization Owner */
function judge(
  right: NeededRight,
  probe: Probe,
  permitted: ReadonlySet<string> | null,
): RightFound {
  if (probe === 'refused') return { right, ok: false, how: 'probe', remedy: remedyFor(right) };
  if (permitted !== null && !permitted.has(right)) {
    // Rows alone prove nothing: a member's own key lists the member's own doors and rows.
    return { right, ok: false, how: 'permissions', remedy: remedyFor(right) };
  }
  if (probe === 'granted') return { right, ok: true, how: 'probe', remedy: null };
  return { right, ok: true, how: permitted === null ? 'owner' : 'permissions', remedy: null };
}

/** What the account may do in the whole organization, by the roles that it holds there. */
export async function permissionsOf(
  kisi: KisiClient,
  userId: number,
  options: CallOptions,
): Promise<Set<string>> {
  const rows = await orRefused(() => kisi.listRoleAssignments({ userId }, options));
  const held = (rows ?? []).filter((row) => row.appliesToType === 'Organization');
  if (held.length === 0) return new Set();
  const roles = await kisi.listRoles(options);
  const permitted = new Set<string>();
  for (const role of roles.filter(({ id }) => held.some(({ roleId }) => roleId === id))) {
    for (const [right, may] of Object.entries(role.permissions)) if (may) permitted.add(right);
  }
  return permitted;
}

async function probeAll(kisi: KisiClient, options: CallOptions): Promise<Map<NeededRight, Probe>> {
  const probes = new Map<NeededRight, Probe>();
  const probe = async (
    right: NeededRight,
    ask: () => Promise<number | null>,
  ): Promise<number | null> => {
    const found = await orRefused(ask);
    probes.set(right, found === undefined ? 'refused' : found === null ? 'unclear' : 'granted');
    return found ?? null;
  };
  const list = (right: NeededRight, name: KisiList): Promise<number | null> =>
    probe(right, () => kisi.probeList(name, options));

  await list('locks_read', 'locks');
  await list('users_read', 'users');
  await list('role_assignments_read', 'role_assignments');
  const groupId = await list('groups_read', 'groups');
  if (groupId !== null) {
    await probe('group_locks_read', () => kisi.probeGroupLocks(groupId, options));
  }
  return probes;
}

/** `undefined`: Kisi says that this key may not do this (403). */
async function orRefused<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof KisiError && error.kind === 'configuration' && error.status === 403) {
      return undefined;
    }
    throw error;
  }
}
