/**
 * What the rest of the product sees of Kisi: plain camelCase objects with only the fields that are
 * used here. All instants are milliseconds since the epoch, UTC, in whole seconds (Kisi keeps
 * seconds). Ids are Kisi's integers, except role ids, which are strings.
 */

export type SlotPriority = 'interactive' | 'backlog';

export interface CallOptions {
  /** `interactive`: a person waits for it. Default `backlog`. */
  priority?: SlotPriority;
  /**
   * Milliseconds since the epoch. After it no request is sent, the wait for a slot included: the
   * call then throws a `KisiError` of kind `too_late`.
   */
  deadline?: number;
  /** Ends the wait or the call. Throws the signal's reason where that leaves no doubt at Kisi. */
  signal?: AbortSignal;
  /** A removal that only makes room for what follows: what holds changes back holds it back too. */
  partOfChange?: true;
  /** Hears of every request that this call comes to, such as each page of a list. */
  onCall?: (call: KisiCall) => void;
}

export interface KisiOrganization {
  id: number;
  name: string;
  domain: string;
  /** IANA name. */
  timeZone: string;
  /** Kisi's user id of the Organization Owner; `null` where Kisi names none. */
  ownerId: number | null;
}

/** The owner of the API key. */
export interface KisiCurrentUser {
  id: number;
  name: string;
  email: string;
  organizationId: number;
  organizationName: string;
}

/** The login that is the API key. */
export interface KisiLogin {
  id: number;
  type: string;
  name: string | null;
  /** Whether Kisi drops it after a time without use. */
  expire: boolean;
  userId: number;
}

export interface KisiPlace {
  id: number;
  name: string;
  /** IANA name, when the place has one. */
  timeZone: string | null;
}

export interface KisiRole {
  id: string;
  name: string;
  /** `Organization`, `Place` or `Group`. */
  appliesTo: string;
  /** By Kisi's names, such as `groups_write`. No key is sure to be there. */
  permissions: Readonly<Record<string, boolean>>;
}

/** A list that can be probed for the right to read it. */
export type KisiList = 'locks' | 'groups' | 'users' | 'role_assignments';

export interface KisiLock {
  id: number;
  name: string;
  description: string | null;
  placeId: number;
  placeName: string;
  configured: boolean;
  /** Null where Kisi does not know. */
  online: boolean | null;
  lockedDown: boolean;
  geofenceRestrictionEnabled: boolean;
  readerRestrictionEnabled: boolean;
  timeRestrictionEnabled: boolean;
}

/** The limits a group puts on its members; a group of ours has none of them. */
export interface KisiGroupRestrictions {
  geofenceRestrictionEnabled: boolean;
  primaryDeviceRestrictionEnabled: boolean;
  managedDeviceRestrictionEnabled: boolean;
  readerRestrictionEnabled: boolean;
  timeRestrictionEnabled: boolean;
  tapToAccessRestrictionEnabled: boolean;
}

export interface KisiGroup extends KisiGroupRestrictions {
  id: number;
  name: string;
  description: string | null;
  placeId: number | null;
  /** App access: without it no unlock from My Keys. */
  loginEnabled: boolean;
  locksCount: number;
}

export interface KisiGroupInput extends Partial<KisiGroupRestrictions> {
  name: string;
  description: string | null;
  /** Default true. */
  loginEnabled?: boolean;
}

export interface KisiGroupLock {
  id: number;
  groupId: number;
  lockId: number;
  lockName: string;
}

export interface KisiUser {
  id: number;
  email: string;
  name: string;
  /** False blocks every door of this user. */
  accessEnabled: boolean;
  /** False: the user has not accepted Kisi's invitation yet. `null`: Kisi does not say. */
  confirmed: boolean | null;
  metadata: Readonly<Record<string, unknown>>;
  notes: string | null;
}

export interface NewUserInput {
  email: string;
  name: string;
  memberId: string;
  /** Whether Kisi mails the user, who may then sign in; else it is a managed one. */
  invited: boolean;
}

export interface KisiUserChange {
  name?: string;
  accessEnabled?: boolean;
  metadata?: Record<string, string | number | boolean | null>;
  notes?: string | null;
}

/** A role that somebody holds. Rows of every kind are shown, so that foreign ones can be reported. */
export interface KisiRoleAssignment {
  id: number;
  roleId: string;
  assigneeType: string;
  assigneeId: number;
  /** The assignee where it is a User, else null. */
  userId: number | null;
  /** The User's e-mail address, where Kisi shows it. */
  userEmail: string | null;
  appliesToType: string;
  appliesToId: number;
  /** The group where the role applies to a Group, else null. */
  groupId: number | null;
  /** Null: already valid. Organization and Place rows have no window. */
  validFrom: number | null;
  /** Null: no end. */
  validUntil: number | null;
  createdByType: string | null;
  createdById: number | null;
  createdAt: number;
}

export interface RoleAssignmentFilter {
  userId?: number;
  groupId?: number;
}

export interface RoleAssignmentWindow {
  /** Sent in whole seconds; null means from now on. */
  validFrom: number | null;
  /** Sent in whole seconds; null means open end. */
  validUntil: number | null;
}

export interface RoleAssignmentInput extends RoleAssignmentWindow {
  userId: number;
  groupId: number;
}

/** A login of type `device`, made on a member's behalf. Kisi shows the secret this once. */
export interface KisiDeviceLogin {
  id: number;
  secret: string;
  userId: number;
}

export interface UnlockAs {
  /** The secret of the member's device login. */
  secret: string;
  /** The member's Kisi user: names the member's own limiter bucket, since Kisi counts per user. */
  userId: number;
  /** Where the member is (WGS 84), for doors that open only to somebody near. */
  location?: { latitude: number; longitude: number };
}

/** A webhook to be made at Kisi (openapi.yaml, POST /integrations; kisi/facts.md §8). */
export interface EventWebhookInput {
  name: string;
  url: string;
  /** Types as `GET /events/types` lists them. */
  events: readonly string[];
  signatureKey: string;
}

export type Deletion = 'deleted' | 'already_gone';

/** What one HTTP call came to; `route` is a template without ids, so that it can be a metric label. */
export interface KisiCall {
  method: string;
  route: string;
  /**
   * The HTTP status; `timeout`: no answer in time; `lost`: the connection broke after the send;
   * `unreachable`: nothing was sent.
   */
  status: number | 'timeout' | 'lost' | 'unreachable';
  /** Milliseconds spent waiting for a limiter slot. */
  waitMs: number;
  /** Milliseconds from the slot to the whole answer. */
  durationMs: number;
  /** The `Deprecation` header, by which Kisi announces that a route will go. */
  deprecation?: string;
  /** The `Sunset` header: when it goes. */
  sunset?: string;
}

/**
 * Kisi's REST API as this product uses it. Every call waits for a limiter slot, sends one request
 * (one per page for lists) and never repeats it: callers decide about retries.
 *
 * Every method throws `KisiError`; see its kinds for what each says about the state at Kisi.
 */
export interface KisiClient {
  organization(options?: CallOptions): Promise<KisiOrganization>;
  currentUser(options?: CallOptions): Promise<KisiCurrentUser>;
  currentLogin(options?: CallOptions): Promise<KisiLogin>;
  listPlaces(options?: CallOptions): Promise<KisiPlace[]>;
  listRoles(options?: CallOptions): Promise<KisiRole[]>;
  /**
   * The id of any one record of the list, by a single request; `null`: the list is empty, which Kisi
   * may also say to a key without the right to read it.
   */
  probeList(list: KisiList, options?: CallOptions): Promise<number | null>;
  /** The same for the locks in one group. */
  probeGroupLocks(groupId: number, options?: CallOptions): Promise<number | null>;

  listLocks(
    filter?: { ids?: readonly number[]; query?: string },
    options?: CallOptions,
  ): Promise<KisiLock[]>;
  getLock(id: number, options?: CallOptions): Promise<KisiLock>;
  /**
   * Unlocks as the member. Here 403 and 409 are refusals that carry Kisi's domain code (for
   * instance `f35ade`: access ended), 401 (kind `configuration`) means that the device login is no
   * longer valid, and a 503 with a domain code means that the door did not open (`unavailable`).
   */
  unlockLock(lockId: number, as: UnlockAs, options?: CallOptions): Promise<void>;

  listGroups(
    filter?: { query?: string; lockId?: number },
    options?: CallOptions,
  ): Promise<KisiGroup[]>;
  getGroup(id: number, options?: CallOptions): Promise<KisiGroup>;
  /** App access on and every restriction off, unless the input says otherwise. */
  createGroup(input: KisiGroupInput, options?: CallOptions): Promise<KisiGroup>;
  updateGroup(id: number, change: Partial<KisiGroupInput>, options?: CallOptions): Promise<void>;
  deleteGroup(id: number, options?: CallOptions): Promise<Deletion>;

  listGroupLocks(
    filter: { groupId: number; lockId?: number },
    options?: CallOptions,
  ): Promise<KisiGroupLock[]>;
  createGroupLock(
    input: { groupId: number; lockId: number },
    options?: CallOptions,
  ): Promise<KisiGroupLock>;
  deleteGroupLock(id: number, options?: CallOptions): Promise<Deletion>;

  /** Users whose e-mail equals this one, ignoring case. Kisi's own filter may be fuzzy. */
  findUsersByEmail(email: string, options?: CallOptions): Promise<KisiUser[]>;
  /** Those of these users that exist; one request for each hundred. */
  listUsers(filter: { ids: readonly number[] }, options?: CallOptions): Promise<KisiUser[]>;
  getUser(id: number, options?: CallOptions): Promise<KisiUser>;
  /**
   * Marked as ours in its metadata. A managed user gets no mail from Kisi and cannot sign in there; an
   * invited one is mailed and can (kisi/facts.md §2.5).
   */
  createUser(input: NewUserInput, options?: CallOptions): Promise<KisiUser>;
  updateUser(id: number, change: KisiUserChange, options?: CallOptions): Promise<void>;
  /** Cannot be undone: every row of the user goes with it. */
  deleteUser(id: number, options?: CallOptions): Promise<Deletion>;

  /** All rows that match, over all pages, once each. */
  listRoleAssignments(
    filter?: RoleAssignmentFilter,
    options?: CallOptions,
  ): Promise<KisiRoleAssignment[]>;
  getRoleAssignment(id: number, options?: CallOptions): Promise<KisiRoleAssignment>;
  /** Gives the user the role `group_basic` in the group; Kisi mails nobody. */
  createRoleAssignment(
    input: RoleAssignmentInput,
    options?: CallOptions,
  ): Promise<KisiRoleAssignment>;
  /**
   * Asks for another window. Kisi's contract does not document this, so an answer without an error
   * proves nothing: read the row back.
   */
  updateRoleAssignmentWindow(
    id: number,
    window: RoleAssignmentWindow,
    options?: CallOptions,
  ): Promise<void>;
  deleteRoleAssignment(id: number, options?: CallOptions): Promise<Deletion>;

  /** Has Kisi send these events to the address, signed with the key, which it never shows again. */
  createEventWebhook(input: EventWebhookInput, options?: CallOptions): Promise<{ id: number }>;

  createDeviceLogin(
    input: { email: string; brand: string; model: string },
    options?: CallOptions,
  ): Promise<KisiDeviceLogin>;
  deleteLogin(id: number, options?: CallOptions): Promise<Deletion>;

  /**
   * Takes `count` slots first and then runs `work` with a client whose first `count` requests need
   * no further wait, so that a delete and its create follow each other at once. The options hold
   * for the wait and are the defaults inside. Unused slots are given back.
   */
  withReservedSlots<T>(
    count: number,
    options: CallOptions,
    work: (client: KisiClient) => Promise<T>,
  ): Promise<T>;

  /** Closes the connections; calls after it fail. */
  close(): Promise<void>;
}
