export { DOOR_ACCESS_ROLE, MADE_AS, OPEN_GROUP, OWNERSHIP_MARK } from './bodies';
export { createKisiClient, ownerBucket, type KisiClientOptions } from './client';
export { KisiError, KisiStopped, KisiThrottled, KisiTooLate, type KisiErrorKind } from './errors';
export type { WriteGate } from './write-gate';
export { createKisiLimiter, type KisiLimiter, type Permit, type PermitRequest } from './limiter';
export { KisiListTooLong } from './pages';
export { SLOTS_PER_OWNER, type SlotStore } from './slots';
export type * from './types';
