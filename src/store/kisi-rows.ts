/** A role assignment that we made. Instants in ms, UTC. */
export interface KisiRow {
  /** Kisi's id of the role assignment. */
  roleAssignmentId: number;
  organizationId: number;
  passKey: string;
  kisiUserId: number;
  groupId: number;
  /** `null`: from the beginning. */
  from: number | null;
  /** `null`: open-ended. */
  until: number | null;
  createdAt: number;
}

export interface KisiRowStore {
  /** Again with another window: overwritten; `createdAt` stays. */
  put(row: Omit<KisiRow, 'createdAt'>): Promise<void>;
  remove(passKey: string, roleAssignmentId: number): Promise<void>;
  /** In order of role assignment id. */
  byPass(passKey: string): Promise<KisiRow[]>;
  /** Every row of one organization, for the reconciliation. */
  allOf(organizationId: number): Promise<KisiRow[]>;
}
