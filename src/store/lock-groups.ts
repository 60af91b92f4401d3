/** The Kisi group of our own that holds just this lock. */
export interface LockGroup {
  organizationId: number;
  lockId: number;
  groupId: number;
}

export interface LockGroupStore {
  get(organizationId: number, lockId: number): Promise<LockGroup | null>;
  /** Replaces the group of this lock. */
  put(lockGroup: LockGroup): Promise<void>;
  byGroup(organizationId: number, groupId: number): Promise<LockGroup | null>;
  allOf(organizationId: number): Promise<LockGroup[]>;
  remove(organizationId: number, lockId: number): Promise<void>;
}
