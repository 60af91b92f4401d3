import { defineSignal } from '@temporalio/workflow';

/** Starts `memberHold`: a member was put on hold, or released. It has been stored before. */
export interface MemberHoldInput {
  memberId: string;
  /** Carried over continue-as-new: jobs that are not ended yet. */
  jobIds?: string[];
}

/** Signal of `memberHold`: the hold was changed; the job shows how far that has come. */
export const holdChangedSignal = defineSignal<[string]>('holdChanged');

/** Activities of holds on `access-records`. */
export interface MemberHoldActivities {
  /** Logs the change with each grant that it touches, and has every pass of the member look. */
  tellHold(input: { memberId: string }): Promise<void>;
  /** How many passes or grants have not followed yet; ends the jobs that are done or overtaken. */
  holdLeft(input: { memberId: string; jobIds: string[] }): Promise<{ left: number }>;
}
