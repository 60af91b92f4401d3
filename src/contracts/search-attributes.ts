import { defineSearchAttributeKey } from '@temporalio/common';

/** Search attributes of a grant's workflow: for operators in Temporal Web, never for product lists. */
export const SEARCH_ATTRIBUTES = {
  grantStatus: defineSearchAttributeKey('GrantStatus', 'KEYWORD'),
  grantSource: defineSearchAttributeKey('GrantSource', 'KEYWORD'),
  grantEndsAt: defineSearchAttributeKey('GrantEndsAt', 'DATETIME'),
  memberId: defineSearchAttributeKey('MemberId', 'KEYWORD'),
  doorMappingId: defineSearchAttributeKey('DoorMappingId', 'KEYWORD'),
  provisioning: defineSearchAttributeKey('Provisioning', 'KEYWORD'),
} as const;
