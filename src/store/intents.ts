/**
 * Written before a role assignment is created, so that a row whose answer was lost can be told from
 * a foreign one. Instants in ms, UTC.
 */
export interface Intent {
  /** Unique within the pass. */
  id: string;
  passKey: string;
  organizationId: number;
  kisiUserId: number;
  groupId: number;
  from: number | null;
  until: number | null;
  /** Role assignments that were listed before: none of them can be the answer. */
  existingRowIds: number[];
  at: number;
}

export interface IntentStore {
  /** The same id again changes nothing: the first instant is the one that counts. */
  put(intent: Intent): Promise<void>;
  /** Oldest first. */
  byPass(passKey: string): Promise<Intent[]>;
  remove(passKey: string, ids: readonly string[]): Promise<void>;
}
