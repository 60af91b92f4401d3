import type { ResourceType } from '../domain/door';
import type { Actor } from '../domain/grant';

/** Starts `syncDoors`: one sync of an integration's doors. */
export interface SyncDoorsInput {
  jobId: string;
  integrationId: string;
  organizationId: number;
  by: Actor;
  /** Also makes mappings for doors whose only mapping an admin has deleted. */
  includeDeleted: boolean;
}

/** What came of a sync, as the job shows it. */
export interface DoorSyncResult {
  /** Mappings made, without location and space. */
  created: number;
  /** Mappings of doors that have another name at Kisi now. */
  renamed: number;
  /** Mappings of doors that Kisi does not know any more. */
  vanished: number;
  /** Mappings of doors that Kisi knows again. */
  returned: number;
  /** Mappings of which nothing changed. */
  unchanged: number;
  /** Doors that an admin has deleted the mapping of, and that were left alone. */
  left: number;
  /** How many Kisi showed. */
  locks: number;
  groups: number;
  /** Requests to Kisi. */
  calls: number;
  /** Kisi's names of the rights that the key lacks, so that something was not read. */
  missingRights: string[];
}

/** Activities of door mappings on `access-records`. */
export interface DoorRecordsActivities {
  /** Writes the job down; `startedAt` (ms, UTC) names this sync among all. */
  beginDoorSync(input: SyncDoorsInput): Promise<{ startedAt: number }>;
  /** Makes and updates mappings from what was pulled. May be repeated. */
  mapPulledDoors(
    input: SyncDoorsInput & { seenAt: number; lists: PulledList[] },
  ): Promise<
    Pick<
      DoorSyncResult,
      'created' | 'renamed' | 'vanished' | 'returned' | 'unchanged' | 'left' | 'locks' | 'groups'
    >
  >;
  /** Ends the job. The first end stands. */
  endDoorSync(input: {
    jobId: string;
    state: 'done' | 'failed';
    message: string | null;
    result: DoorSyncResult | null;
  }): Promise<void>;
}

/** How far a pull has come: carried over attempts, and over pauses. */
export interface PullProgress {
  calls: number;
  /** The list of locks has been read and kept. */
  locksRead: boolean;
}

/** Activities of door mappings on `access-kisi-<organizationId>`. */
export interface DoorKisiActivities {
  /** Reads all locks, all groups and the locks in each group, and keeps them as seen at `seenAt`. */
  pullDoors(input: {
    organizationId: number;
    jobId: string;
    seenAt: number;
    progress: PullProgress;
  }): Promise<PullDoorsResult>;
}

/** A list that was read. Unless it is whole, nothing may be concluded from what it does not show. */
export interface PulledList {
  kind: ResourceType;
  whole: boolean;
}

export type PullDoorsResult =
  | {
      outcome: 'pulled';
      progress: PullProgress;
      lists: PulledList[];
      missingRights: string[];
      /** For people; `null`: nothing to say. */
      message: string | null;
    }
  /** Kisi does not answer, or asks to wait: go on after so many milliseconds. */
  | { outcome: 'again'; progress: PullProgress; afterMs: number; waitsFor: string }
  /** Going on is of no use before a person has done something. */
  | { outcome: 'failed'; message: string };
