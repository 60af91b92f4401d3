import type { ProblemType } from './grant';

/**
 * Why a door did not open for a member, in words that a member understands: what is the matter, and
 * what to do now. Holds nothing that is not the member's own.
 */
export interface MemberWords {
  /** One sentence. */
  detail: string;
  /** One step. */
  remedy: string;
}

export const UNLOCK_REASONS = [
  'access_denied',
  'access_disabled',
  'not_yet',
  'no_longer',
  'outside_hours',
  'no_app_access',
  'tap_to_access',
  'reader_restriction',
  'too_far',
  'primary_device',
  'locked_down',
  'already_open',
  'door_missing',
  'not_configured',
  'lock_offline',
  'too_many_taps',
  'being_set_up',
  'not_confirmed',
  'user_missing',
  'connection_refused',
  'refused_by_kisi',
  'kisi_unreachable',
  'outcome_unknown',
] as const;
export type UnlockReasonCode = (typeof UNLOCK_REASONS)[number];

/** A stable code, with its words. */
export interface UnlockReason extends MemberWords {
  code: UnlockReasonCode;
}

const FRONT_DESK = 'Ask the front desk to let you in.';
const WITH_APP = "Open it with Kisi's app at the door, or ask the front desk.";

const WORDS: Readonly<Record<UnlockReasonCode, MemberWords>> = {
  access_denied: {
    detail: 'Kisi knows of no access of yours to this door.',
    remedy: 'It is being checked; try again in a minute, then ask the front desk.',
  },
  access_disabled: {
    detail: 'Your access was switched off at Kisi.',
    remedy: 'Ask the front desk to switch it on again.',
  },
  not_yet: {
    detail: 'Your access to this door has not begun yet at Kisi.',
    remedy: 'Try again in a minute.',
  },
  no_longer: {
    detail: 'Your access to this door has ended at Kisi.',
    remedy: 'Extend your booking, or ask the front desk.',
  },
  outside_hours: {
    detail: 'This door does not open at this hour.',
    remedy: 'Come back within its opening hours, or ask the front desk.',
  },
  no_app_access: {
    detail: 'This door cannot be opened from here.',
    remedy: 'Use your card or badge at the reader, and tell the front desk.',
  },
  tap_to_access: {
    detail: 'This door opens by a tap on its reader only.',
    remedy: "Hold your phone with Kisi's app, or your card, to the reader.",
  },
  reader_restriction: {
    detail: 'This door opens only for a phone right at its reader.',
    remedy: WITH_APP,
  },
  too_far: {
    detail: 'This door opens only for somebody who is near it.',
    remedy: 'Go to the door, allow this page to see your location, and tap again.',
  },
  primary_device: {
    detail: "This door opens only from the phone on which you use Kisi's app.",
    remedy: WITH_APP,
  },
  locked_down: { detail: 'This door is in lockdown and opens for nobody.', remedy: FRONT_DESK },
  already_open: { detail: 'This door is unlocked already.', remedy: 'Just open it.' },
  door_missing: { detail: 'Kisi does not know this door any more.', remedy: FRONT_DESK },
  not_configured: {
    detail: 'This door has no working hardware set up at Kisi.',
    remedy: FRONT_DESK,
  },
  lock_offline: {
    detail: 'This door is offline and does not hear us.',
    remedy: 'Use your card or badge, or try again in a minute.',
  },
  too_many_taps: {
    detail: 'Kisi asks you to wait: too many taps in a row.',
    remedy: 'Wait a few seconds, then tap once.',
  },
  being_set_up: {
    detail: 'Your key for this door is still being set up.',
    remedy: 'Try again in a few seconds.',
  },
  not_confirmed: {
    detail: "You have not accepted Kisi's invitation yet.",
    remedy: 'Look for the e-mail from Kisi, accept it, and try again.',
  },
  user_missing: {
    detail: 'Kisi does not know you any more.',
    remedy: 'It is being mended; try again in a minute, then ask the front desk.',
  },
  connection_refused: {
    detail: 'Kisi does not accept the connection of this house at the moment.',
    remedy: "Use Kisi's app or your card, and tell the front desk.",
  },
  refused_by_kisi: { detail: 'Kisi refused to open this door.', remedy: WITH_APP },
  kisi_unreachable: {
    detail: 'Kisi cannot be reached, and the door was not opened.',
    remedy: "Use Kisi's app or your card, or try again in a minute.",
  },
  outcome_unknown: {
    detail: 'Kisi did not answer in time: the door may or may not have opened.',
    remedy: 'Try the door, then tap again.',
  },
};

/** Kisi's own codes (kisi/facts.md §7). */
const OF_KISI: Readonly<Partial<Record<UnlockReasonCode, readonly string[]>>> = {
  access_denied: ['fcd8ef', 'afc496', 'f398de', 'f298bf'],
  access_disabled: ['fcd8ff'],
  not_yet: ['f358de'],
  no_longer: ['f35ade'],
  outside_hours: ['34ffaa'],
  no_app_access: ['f01337'],
  tap_to_access: ['bbc93f'],
  reader_restriction: ['bb4faa', 'bb5bff', 'bb4bff', 'bb4fff'],
  too_far: ['a3995f', 'bbb99f', 'bbb93f', 'a7793f', 'a3799f', 'a3793f'],
  primary_device: ['34bd8f'],
  locked_down: ['fad001', 'fad002'],
  already_open: ['fad110', 'fad112'],
  door_missing: ['fad10e', 'fad106'],
  not_configured: ['ff420a', 'fad105', 'fad108'],
  lock_offline: ['fac001', 'fac002', 'fac003', 'fac004', 'fad107', 'fad10f', 'fbc000', 'ecc123'],
};

const BY_KISI_CODE: ReadonlyMap<string, UnlockReasonCode> = new Map(
  UNLOCK_REASONS.flatMap((reason) =>
    (OF_KISI[reason] ?? []).map((code): [string, UnlockReasonCode] => [code, reason]),
  ),
);

/** The reason with its words. */
export function unlockReason(code: UnlockReasonCode): UnlockReason {
  return { code, ...WORDS[code] };
}

/** What a code of Kisi means for a member; one that nobody knows is a plain refusal. */
export function reasonOfKisi(code: string | null): UnlockReason {
  return unlockReason(BY_KISI_CODE.get(code ?? '') ?? 'refused_by_kisi');
}

/** Reasons that contradict a row that we hold to be in place: whoever keeps the row should look. */
export const CONTRADICTIONS: readonly UnlockReasonCode[] = [
  'access_denied',
  'not_yet',
  'no_longer',
  'user_missing',
];

const DESK_SEES_TO_IT: MemberWords = {
  detail: 'Your key for this door could not be set up.',
  remedy: 'Ask the front desk; they see why.',
};

/** What a problem of a grant means for the member. */
export function troubleInWords(problem: ProblemType | null): MemberWords {
  switch (problem) {
    case 'kisi_unavailable':
      return {
        detail: 'Kisi cannot be reached; your key is set up as soon as it answers.',
        remedy: 'Ask the front desk to let you in meanwhile.',
      };
    case 'kisi_key_refused':
    case 'kisi_rights_missing':
      return {
        detail: 'Kisi does not accept the connection of this house at the moment.',
        remedy: 'Tell the front desk; your key is set up once that is mended.',
      };
    case 'kisi_user_disabled':
      return WORDS.access_disabled;
    case 'kisi_user_taken':
      return {
        detail: 'Your e-mail address belongs to somebody else at Kisi.',
        remedy: 'Ask the front desk to correct your e-mail address.',
      };
    case 'kisi_lock_missing':
    case 'kisi_group_missing':
      return WORDS.door_missing;
    case null:
    case 'mapping_unknown':
    case 'mapping_inactive':
    case 'integration_inactive':
    case 'member_unknown':
    case 'member_on_hold':
    case 'group_missing':
    case 'kisi_refused':
    case 'kisi_unexpected_answer':
    case 'kisi_group_reserved':
    case 'foreign_row_blocks':
    case 'emergency_stop':
      return DESK_SEES_TO_IT;
  }
}
