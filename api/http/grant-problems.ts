import type { ProblemType } from '../../src/domain/grant';

interface Remedy {
  /** What a person does, a sentence without its full stop. */
  text: string;
  /** The request that does it, or a part of it. */
  call?: string;
}

const RETRY = 'POST /v1/grants/:id/retry';
const NEW_KEY =
  'In the Kisi dashboard, signed in as the Organization Owner, make an API key under Developer Settings and replace the key with it';
const CONNECT = { call: 'POST /v1/integrations' };

const REMEDIES: Readonly<Record<ProblemType, Remedy>> = {
  mapping_unknown: { text: 'Create the door mapping again, or revoke the grant' },
  mapping_inactive: {
    text: 'Connect the Kisi organization of the door mapping again, or revoke the grant',
    ...CONNECT,
  },
  integration_inactive: {
    text: 'Connect the same Kisi organization again, or revoke the grant',
    ...CONNECT,
  },
  member_unknown: {
    text: 'Send the member again, or revoke the grant',
    call: 'PUT /v1/members/:id',
  },
  member_on_hold: { text: "Lift the member's hold; access follows by itself" },
  group_missing: {
    text: 'Wait: the Kisi group of this lock is being made. If it stays, test the integration',
  },
  kisi_key_refused: { text: NEW_KEY, call: 'PATCH /v1/integrations/:id' },
  kisi_rights_missing: {
    text: `${NEW_KEY}: this one may not manage access. A test of the integration names the rights`,
    call: 'POST /v1/integrations/:id/test',
  },
  kisi_unavailable: { text: 'Wait: it is tried again by itself as soon as Kisi answers' },
  kisi_refused: {
    text: 'Look at the detail, correct it at Kisi, then have the grant tried again',
    call: RETRY,
  },
  kisi_unexpected_answer: {
    text: 'Have the grant tried again; if it stays, tell whoever runs this service',
    call: RETRY,
  },
  kisi_user_taken: {
    text: 'Give the member an e-mail address of their own, then have the grant tried again',
    call: RETRY,
  },
  kisi_user_disabled: {
    text: 'In the Kisi dashboard, under Users, give this user access again (or remove the user, so that another is made), then have the grant tried again',
    call: RETRY,
  },
  kisi_group_missing: {
    text: 'Restore the group at Kisi or map another one, then have the grant tried again',
    call: RETRY,
  },
  kisi_group_reserved: {
    text: 'Map the lock itself instead of this group, then have the grant tried again',
    call: RETRY,
  },
  kisi_lock_missing: {
    text: 'Restore the lock at Kisi or map another one, then have the grant tried again',
    call: RETRY,
  },
  emergency_stop: {
    text: 'Wait, or release the emergency stop of the integration, which says who set it, and why. What waits follows by itself',
    call: 'DELETE /v1/integrations/:id/emergency-stop',
  },
  foreign_row_blocks: {
    text: 'Remove the access right that somebody else made at Kisi, then have the grant tried again',
    call: RETRY,
  },
};

const worded = (say: (remedy: Remedy) => string): Readonly<Record<ProblemType, string>> =>
  Object.fromEntries(
    Object.entries(REMEDIES).map(([type, remedy]) => [type, say(remedy)]),
  ) as Record<ProblemType, string>;

/** What a person can do about a typed problem of a grant, a pass or an integration, for clients of the API. */
export const PROBLEM_REMEDIES = worded(({ text, call }) =>
  call === undefined ? `${text}.` : `${text} (${call}).`,
);

/** The same without the request: a next step names its own. */
export const PROBLEM_STEPS = worded(({ text }) => `${text}.`);
