import type { ProblemCode } from './problems';

/**
 * What a caller who is limited to locations may do on a route. What names a place is looked up before
 * the route is run (api/middleware/limit-locations.ts).
 *
 * - `unbound`: nothing in it belongs to a location, such as members, who may go anywhere.
 * - `filtered`: the route itself shows only what belongs to the caller's locations.
 * - `refused`: it concerns the whole organization.
 * - The others say what the URL or the body names: what is elsewhere is answered as if it were not
 *   there, and a request that would put something elsewhere, or take it from there, is forbidden.
 */
export type LocationRule =
  | 'unbound'
  | 'filtered'
  | 'refused'
  | 'location'
  | 'savedLocation'
  | 'space'
  | 'savedSpace'
  | 'booking'
  | 'savedBooking'
  | 'membership'
  | 'savedMembership'
  | 'savedMember'
  | 'doorMapping'
  | 'changedDoorMapping'
  | 'explainedDoorMapping'
  | 'listedDoorMapping'
  | 'grantedDoorMapping'
  | 'grant'
  | 'integration'
  | 'wholeIntegration';

/** What each rule may answer. */
const CODES: Record<LocationRule, readonly ProblemCode[]> = {
  unbound: [],
  filtered: [],
  refused: ['location_limited'],
  location: ['location_not_found'],
  savedLocation: ['location_forbidden'],
  space: ['space_not_found'],
  savedSpace: ['location_forbidden'],
  booking: ['booking_not_found'],
  savedBooking: ['location_forbidden'],
  membership: ['membership_not_found'],
  savedMembership: ['location_forbidden'],
  savedMember: ['location_limited'],
  doorMapping: ['door_mapping_not_found'],
  changedDoorMapping: ['door_mapping_not_found', 'location_forbidden', 'location_limited'],
  explainedDoorMapping: ['door_mapping_not_found'],
  listedDoorMapping: ['door_mapping_not_found'],
  grantedDoorMapping: ['location_forbidden'],
  grant: ['grant_not_found'],
  integration: ['integration_not_found'],
  wholeIntegration: ['integration_not_found', 'location_limited'],
};

/**
 * The rule of every route that is opened by a key or a session, by its `operationId`. A route that is
 * not named here is refused, and a test asks for its name.
 */
const RULES: Readonly<Record<string, LocationRule>> = {
  createGrant: 'grantedDoorMapping',
  listMemberGrants: 'filtered',
  listGrants: 'filtered',
  getGrant: 'grant',
  changeGrant: 'grant',
  revokeGrant: 'grant',
  restoreGrant: 'grant',
  retryGrant: 'grant',

  getMember: 'unbound',
  listMembers: 'unbound',
  // These reach everything that the member has, wherever it is; so does another e-mail address.
  putMember: 'savedMember',
  deleteMember: 'refused',
  getMemberHold: 'refused',
  putMemberHold: 'refused',
  deleteMemberHold: 'refused',
  createPortalSession: 'refused',
  explainAccess: 'explainedDoorMapping',
  getMemberTimeline: 'filtered',
  getDoorTimeline: 'doorMapping',

  putBooking: 'savedBooking',
  getBooking: 'booking',
  deleteBooking: 'savedBooking',
  listBookings: 'filtered',
  putMembership: 'savedMembership',
  getMembership: 'membership',
  deleteMembership: 'savedMembership',
  listMemberships: 'filtered',

  // A plan is sold everywhere; which doors of a location it opens is that location's.
  putPlan: 'refused',
  getPlan: 'filtered',
  listPlans: 'filtered',
  listDoorAccess: 'filtered',
  addDoorAccess: 'grantedDoorMapping',
  removeDoorAccess: 'listedDoorMapping',

  // A mapping ties any door of the organization to a place: whoever makes one reaches all doors.
  createDoorMapping: 'refused',
  syncDoorMappings: 'refused',
  getDoorMapping: 'doorMapping',
  listDoorMappings: 'filtered',
  patchDoorMapping: 'changedDoorMapping',
  deleteDoorMapping: 'doorMapping',
  testDoorMapping: 'doorMapping',
  listAccessLogs: 'doorMapping',

  putLocation: 'savedLocation',
  getLocation: 'location',
  listLocations: 'filtered',
  putSpace: 'savedSpace',
  getSpace: 'space',
  listSpaces: 'filtered',

  createIntegration: 'refused',
  testKisiKey: 'refused',
  listIntegrations: 'filtered',
  getIntegration: 'integration',
  patchIntegration: 'refused',
  removeIntegration: 'refused',
  testIntegration: 'wholeIntegration',
  listKisiResources: 'wholeIntegration',
  approveReconciliation: 'refused',
  getIntegrationHealth: 'wholeIntegration',
  putEmergencyStop: 'refused',
  deleteEmergencyStop: 'refused',
  getOutage: 'wholeIntegration',
  listForeignRows: 'wholeIntegration',
  refreshForeignRows: 'wholeIntegration',
  adoptForeignRows: 'refused',
  clearForeignRows: 'refused',
  createKisiWebhook: 'refused',
  getKisiWebhook: 'refused',
  deleteKisiWebhook: 'refused',

  getOverview: 'filtered',
  listAlerts: 'filtered',
  getJob: 'filtered',
  listJobs: 'filtered',
  getSession: 'unbound',

  createImport: 'refused',
  createEventSubscription: 'refused',
  listEventSubscriptions: 'refused',
  getEventSubscription: 'refused',
  patchEventSubscription: 'refused',
  deleteEventSubscription: 'refused',
  rotateEventSecret: 'refused',
  testEventSubscription: 'refused',
  listEventDeliveries: 'refused',
  getEventDelivery: 'refused',
  replayEventDelivery: 'refused',
  replayEvents: 'refused',
  createAlertChannel: 'refused',
  listAlertChannels: 'refused',
  getAlertChannel: 'refused',
  patchAlertChannel: 'refused',
  deleteAlertChannel: 'refused',
  testAlertChannel: 'refused',
  createApiKey: 'refused',
  getApiKey: 'refused',
  listApiKeys: 'refused',
  patchApiKey: 'refused',
  deleteApiKey: 'refused',
};

/** @param operationId of a route that a key or a session opens */
export function locationRuleOf(operationId: string): LocationRule | undefined {
  return RULES[operationId];
}

/** What the route may answer to a caller who is limited to locations. */
export function locationProblemsOf(operationId: string): readonly ProblemCode[] {
  return CODES[locationRuleOf(operationId) ?? 'refused'];
}

/** All routes that have a rule, for the test that none of them is gone. */
export const RULED_OPERATIONS: readonly string[] = Object.keys(RULES);
