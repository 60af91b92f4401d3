export {
  createKisiClient,
  DOOR_ACCESS_ROLE,
  OWNERSHIP_MARK,
  ownerBucket,
  type KisiClientOptions,
} from './client';
export {
  KisiError,
  KisiThrottled,
  KisiTooLate,
  KisiUnexpectedAnswer,
  type KisiErrorKind,
} from './errors';
export { createKisiLimiter, type KisiLimiter, type Permit, type PermitRequest } from './limiter';
export type { SlotStore } from './slots';
export type * from './types';
