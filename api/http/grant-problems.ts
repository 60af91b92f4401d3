import type { ProblemType } from '../../src/domain/grant';

/** What a person can do about a typed problem of a grant, a pass or an integration. */
export const PROBLEM_REMEDIES: Readonly<Record<ProblemType, string>> = {
  mapping_unknown: 'Create the door mapping again, or revoke the grant.',
  mapping_inactive:
    'Connect the Kisi organization of the door mapping again (POST /v1/integrations), or revoke the grant.',
  integration_inactive:
    'Connect the same Kisi organization again (POST /v1/integrations), or revoke the grant.',
  member_unknown: 'Send the member again (PUT /v1/members/:id), or revoke the grant.',
  member_on_hold: "Lift the member's hold; access follows by itself.",
  group_missing:
    'Wait: the Kisi group of this lock is being made. If it stays, test the integration.',
  kisi_key_refused:
    'In the Kisi dashboard, signed in as the Organization Owner, make an API key under Developer Settings and replace the key with it: PATCH /v1/integrations/:id.',
  kisi_rights_missing:
    'In the Kisi dashboard, signed in as the Organization Owner, make an API key under Developer Settings and replace the key with it: this one may not manage access. POST /v1/integrations/:id/test names the rights.',
  kisi_unavailable: 'Wait: it is tried again by itself as soon as Kisi answers.',
  kisi_refused: 'Look at the detail, correct it at Kisi, then POST /v1/grants/:id/retry.',
  kisi_unexpected_answer: 'POST /v1/grants/:id/retry; if it stays, tell whoever runs this service.',
  kisi_user_taken:
    'Give the member an e-mail address of their own, then POST /v1/grants/:id/retry.',
  kisi_user_disabled:
    'In the Kisi dashboard, under Users, give this user access again (or remove the user, so that another is made), then POST /v1/grants/:id/retry.',
  kisi_group_missing:
    'Restore the group at Kisi or map another one, then POST /v1/grants/:id/retry.',
  kisi_group_reserved: 'Map the lock itself instead of this group, then POST /v1/grants/:id/retry.',
  kisi_lock_missing: 'Restore the lock at Kisi or map another one, then POST /v1/grants/:id/retry.',
  emergency_stop:
    'Wait, or release the emergency stop of the integration (DELETE /v1/integrations/:id/emergency-stop); GET /v1/integrations/:id says who set it, and why. What waits follows by itself.',
  foreign_row_blocks:
    'Remove the access right that somebody else made at Kisi, then POST /v1/grants/:id/retry.',
};
