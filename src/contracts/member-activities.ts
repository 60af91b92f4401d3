import type { Actor } from '../domain/grant';

/** Starts `eraseMember`: nothing of the member stays but the id. */
export interface EraseMemberInput {
  memberId: string;
  jobId: string;
  by: Actor;
}

/** What came of an erasure, as the job shows it. */
export interface ErasureResult {
  /** Grants that were revoked, or are worked out anew because their booking or membership names the member. */
  grantsStopped: number;
  /** Kisi users that we had made, and that are gone. */
  kisiUsersRemoved: number;
  /** Kisi users that stay, without anything of ours: others made them, or gave them more. */
  kisiUsersKept: number;
}

/** Activities of members on `access-records`. */
export interface MemberRecordsActivities {
  /** Writes the job down and leaves nothing of the member's record but the id. */
  beginErasure(input: EraseMemberInput): Promise<void>;
  /** Revokes one page of the member's grants. `after`: where to go on. */
  stopMemberGrants(input: {
    memberId: string;
    after: string | null;
  }): Promise<{ stopped: number; after: string | null }>;
  /** Has every booking and membership that names the member work out its grants again. */
  lookAgainAtMemberSources(input: { memberId: string }): Promise<void>;
  /** What the member still holds; the passes that hold it are told to look. */
  accessLeft(input: { memberId: string; jobId: string }): Promise<{ left: number }>;
  /** The Kisi organizations in which the member is a user. */
  linkedOrganizations(input: { memberId: string }): Promise<{ organizationIds: number[] }>;
  /** Takes the free text about the member out of log, grants and stored answers. */
  forgetMember(input: { memberId: string }): Promise<void>;
  /** Ends the job; from then on the id may be used for a new member. */
  endErasure(input: { memberId: string; jobId: string; result: ErasureResult }): Promise<void>;
}

/** Activities of members on `access-kisi-<organizationId>`. */
export interface MemberKisiActivities {
  /** Removes the member's users at Kisi, where we made them and they hold nothing, and the link. */
  eraseKisiUsers(input: {
    organizationId: number;
    memberId: string;
    jobId: string;
  }): Promise<EraseKisiUsersResult>;
}

export type EraseKisiUsersResult =
  | { outcome: 'gone'; removed: number; kept: number }
  /** Try again after so many milliseconds. */
  | { outcome: 'waits'; afterMs: number; waitsFor: string };
