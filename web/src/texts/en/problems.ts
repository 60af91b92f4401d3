const TRY_AGAIN = 'then press Try again at the grant.';
const NEW_KEY =
  'In the Kisi dashboard, signed in as the Organization Owner, make an API key under Developer Settings, and paste it under Settings > Integrations > Settings.';
const CONNECT = 'Connect the same Kisi organization again under Settings > Integrations';

/** What a person does in these pages about a typed problem of a grant or a connection. */
export const problems = {
  mapping_unknown: 'Create the door mapping again under Door Mappings, or revoke the grant.',
  mapping_inactive: `${CONNECT}, or revoke the grant.`,
  integration_inactive: `${CONNECT}, or revoke the grant.`,
  member_unknown: 'Have your booking system send the member again, or revoke the grant.',
  member_on_hold: 'Press Release hold on the member’s page; access follows by itself.',
  group_missing:
    'Wait: the Kisi group of this lock is being made. If it stays, press Test Connection under Settings > Integrations > Settings.',
  kisi_key_refused: NEW_KEY,
  kisi_rights_missing: `${NEW_KEY} Test Connection there names the rights that this key lacks.`,
  kisi_unavailable: 'Wait: it is tried again by itself as soon as Kisi answers.',
  kisi_refused: `Read what Kisi says, correct it in the Kisi dashboard, ${TRY_AGAIN}`,
  kisi_unexpected_answer:
    'Press Try again at the grant. If it stays, tell whoever runs Latchkey for you.',
  kisi_user_taken: `Give the member an e-mail address of their own, ${TRY_AGAIN}`,
  kisi_user_disabled: `In the Kisi dashboard, under Users, give this user access again (or remove the user, so that another is made), ${TRY_AGAIN}`,
  kisi_group_missing: `Restore the group in the Kisi dashboard or choose another one in the door mapping, ${TRY_AGAIN}`,
  kisi_group_reserved: `Choose the lock itself instead of this group in the door mapping, ${TRY_AGAIN}`,
  kisi_lock_missing: `Restore the lock in the Kisi dashboard or choose another one in the door mapping, ${TRY_AGAIN}`,
  emergency_stop:
    'Wait, or release the emergency stop under Settings > Integrations; who set it, and why, stands there. What waits follows by itself.',
  foreign_row_blocks: `Remove the access that somebody else gave, under Settings > Integrations > Foreign rows, ${TRY_AGAIN}`,
} as const;
