export { grantAccess } from './grant-access';
export { lockGroup } from './lock-group';
export { memberPass } from './member-pass';
export { probeIntegration } from './probe-integration';
export { reconcile } from './reconcile';
export { syncDoors } from './sync-doors';
