/**
 * What the simulated Kisi remembers. Instants are milliseconds since the epoch (UTC); `validFrom` and
 * `validUntil` are whole seconds in milliseconds, because Kisi answers with second precision.
 */

/** The rights an account can lack one by one; the names are those of `RolePermissions` in the contract. */
export const rights = [
  'users_read',
  'users_write',
  'logins_read',
  'logins_write',
  'places_read',
  'locks_read',
  'locks_unlock',
  'groups_read',
  'groups_write',
  'group_locks_read',
  'group_locks_write',
  'role_assignments_read',
  'role_assignments_write',
  'group_links_read',
  'group_links_write',
  'integrations_read',
  'integrations_write',
] as const;

/** One right of an account, as Kisi names it. */
export type Right = (typeof rights)[number];

/** Fields that every record has. */
export interface BaseRecord {
  id: number;
  organizationId: number;
  createdAt: number;
  updatedAt: number;
}

/** A Kisi organization; its own `organizationId` is its id. */
export interface Organization extends BaseRecord {
  name: string;
  domain: string;
  /** IANA name. */
  timeZone: string;
  ownerId: number | null;
  /** Seconds without use after which an expiring device login stops working. */
  deviceLoginsExpireAfter: number;
}

/** A person. `rights` says what their API keys may do: `all` for owners and administrators, a list otherwise. */
export interface User extends BaseRecord {
  name: string;
  email: string;
  metadata: Record<string, unknown>;
  image: string | null;
  notes: string | null;
  accessEnabled: boolean;
  passwordFlowEnabled: boolean;
  confirmed: boolean;
  lastAccessedAt: number | null;
  password: string | null;
  rights: 'all' | Right[];
}

/** A login secret: an API key (`api`) or a device. */
export interface Login extends BaseRecord {
  userId: number;
  type: 'api' | 'device';
  name: string | null;
  secret: string;
  primary: boolean;
  expire: boolean;
  lastUsedAt: number | null;
  deviceBrand: string | null;
  deviceModel: string | null;
  osName: string | null;
}

/** A site. */
export interface Place extends BaseRecord {
  name: string;
  address: string;
  timeZone: string;
}

/** A door. */
export interface Lock extends BaseRecord {
  name: string;
  description: string | null;
  placeId: number;
  online: boolean;
  configured: boolean;
  lockedDownSince: number | null;
  /** Of the door itself: they bind everybody, the owner too. States of an earlier version lack them. */
  geofenceRestrictionEnabled?: boolean;
  readerRestrictionEnabled?: boolean;
}

/** The switches of a group that decide how its doors may be opened. */
export interface GroupRestrictions {
  /** App access: without it nobody opens through the API. */
  loginEnabled: boolean;
  geofenceRestrictionEnabled: boolean;
  primaryDeviceRestrictionEnabled: boolean;
  managedDeviceRestrictionEnabled: boolean;
  readerRestrictionEnabled: boolean;
  timeRestrictionEnabled: boolean;
  tapToAccessRestrictionEnabled: boolean;
}

/** A collection of doors that users are given access to. `placeId` null: an organization group. */
export interface Group extends BaseRecord, GroupRestrictions {
  name: string;
  description: string | null;
  placeId: number | null;
  timeRestrictionTimeZone: string | null;
}

/** Ties a door to a group. */
export interface GroupLock extends BaseRecord {
  groupId: number;
  lockId: number;
}

/** What a role assignment applies to. */
export type AppliesToType = 'Organization' | 'Place' | 'Group';
/** Whom a role assignment is for. */
export type AssigneeType = 'User' | 'Team' | 'Guest';

/** The record that lets an assignee through the doors of a group. Only Group rows carry a window. */
export interface RoleAssignment extends BaseRecord {
  roleId: string;
  notify: boolean;
  appliesToType: AppliesToType;
  appliesToId: number;
  assigneeType: AssigneeType;
  assigneeId: number;
  /** User id of the account that made it; null where Kisi itself did. */
  createdById: number | null;
  validFrom: number | null;
  validUntil: number | null;
}

/** A team or a guest that rows can be assigned to; the contract has no operation that makes one. */
export interface Assignee extends BaseRecord {
  name: string;
}

/** An access link: door access without a user. */
export interface GroupLink extends BaseRecord {
  name: string;
  email: string | null;
  phone: string | null;
  groupId: number;
  linkEnabled: boolean;
  quickResponseCodeType: 'online' | 'offline' | null;
  validFrom: number | null;
  validUntil: number | null;
  lastUsedAt: number | null;
  secret: string;
  createdById: number | null;
}

/** An event webhook. */
export interface Integration extends BaseRecord {
  name: string;
  url: string;
  enabled: boolean;
  enabledEvents: string[];
  signatureKey: string | null;
  placeId: number | null;
  /** When Kisi disabled it because it failed. States of an earlier version lack it. */
  disabledDueToErrorAt?: number | null;
}

/** An entry of Kisi's event history; `success` false carries Kisi's error code. */
export interface KisiEvent extends BaseRecord {
  uuid: string;
  type: string;
  actorType: string;
  actorId: number | null;
  objectType: string;
  objectId: number;
  success: boolean;
  errorCode: string | null;
}

/** A mail that Kisi would have sent, so that a test can see that none was. */
export interface Mail extends BaseRecord {
  kind: 'invite' | 'role_assignment';
  to: string;
}

/** Every table of the simulator and what it holds. */
export interface Records {
  organizations: Organization;
  users: User;
  logins: Login;
  places: Place;
  locks: Lock;
  groups: Group;
  groupLocks: GroupLock;
  roleAssignments: RoleAssignment;
  teams: Assignee;
  guests: Assignee;
  groupLinks: GroupLink;
  integrations: Integration;
  events: KisiEvent;
  mails: Mail;
}

/** The name of a table. */
export type TableName = keyof Records;

/**
 * The first id of each table. They differ so that code which mixes up a lock's id with a group's is
 * found out instead of working by chance.
 */
export const firstIds: Record<TableName, number> = {
  organizations: 11,
  users: 1001,
  logins: 5001,
  places: 101,
  locks: 201,
  groups: 301,
  groupLocks: 6001,
  roleAssignments: 70001,
  teams: 401,
  guests: 501,
  groupLinks: 8001,
  integrations: 9001,
  events: 1,
  mails: 1,
};
