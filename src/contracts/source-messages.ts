import { defineQuery, defineSignal } from '@temporalio/workflow';

/**
 * What a booking system sends to `booking:<id>`: the whole booking as it is now, never a difference.
 * Instants are ISO 8601 with a zone. The booking's id is in the workflow's id.
 */
export interface BookingChangedMessage {
  /** Rises with every change of this booking; the update time in ms will do. */
  version: number;
  /** True: the booking is deleted; the rest may be left out then. */
  deleted?: boolean;
  memberIds?: string[];
  spaceId?: string;
  startsAt?: string;
  endsAt?: string;
  status?: string;
}

/** What a booking system sends to `membership:<id>`; see `BookingChangedMessage`. */
export interface MembershipChangedMessage {
  version: number;
  deleted?: boolean;
  memberIds?: string[];
  planId?: string;
  locationId?: string;
  startsAt?: string;
  /** `null`: until it is cancelled. */
  endsAt?: string | null;
  status?: string;
}

export const bookingChangedSignal = defineSignal<[BookingChangedMessage?]>('bookingChanged');
export const membershipChangedSignal =
  defineSignal<[MembershipChangedMessage?]>('membershipChanged');

/** "Work out your grants again": mappings, plans, places or neighbours changed. Carries nothing. */
export const lookAgainSignal = defineSignal('lookAgain');

export const sourceStateQuery = defineQuery<SourceState>('state');

/** What a source's run has done so far; also what it ends with, for operators in Temporal Web. */
export interface SourceState {
  /** Snapshots that were stored. */
  stored: number;
  /** Snapshots that changed nothing, each with the reason, the latest last, bounded. */
  ignored: string[];
  waitsFor: string;
}

/** Carried over continue-as-new. */
export interface SourceInput {
  carried?: { messages: unknown[]; look: boolean; state: SourceState };
}
