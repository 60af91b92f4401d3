/**
 * A change of what sources lead to; it has been stored before anybody is told. The places are those
 * before and after it.
 */
export type AccessChange =
  | {
      kind: 'mapping';
      doorMappingId: string;
      spaceIds: string[];
      /** Locations whose every booking and membership a Group mapping serves, before or after. */
      locationIds: string[];
      /** The mapping is gone for good: manual grants of it are revoked. */
      deleted: boolean;
    }
  | { kind: 'plan'; planId: string }
  | { kind: 'space'; spaceId: string }
  | { kind: 'location'; locationId: string };

/** Starts `applyMappingChange`. */
export interface MappingChangeInput {
  change: AccessChange;
  jobId: string;
  /** Carried over continue-as-new. */
  carried?: { after: string | null; poked: number };
}
