/** What a door mapping points at: one door of Kisi, or Kisi's collection of doors. */
export type ResourceType = 'lock' | 'group';

/** The thing at Kisi that a pass is about. */
export interface PassTarget {
  kind: ResourceType;
  /** Kisi's lock id or group id. */
  id: number;
}

/** Names one pass: all that one member holds at one Kisi lock or group. */
export interface PassRef {
  memberId: string;
  organizationId: number;
  target: PassTarget;
}

/** `<memberId>:lock:<lockId>` or `<memberId>:group:<groupId>`; unique, as Kisi's ids are. */
export function passKey(pass: PassRef): string {
  return `${pass.memberId}:${pass.target.kind}:${String(pass.target.id)}`;
}

/** What one grant asks of one pass, as stored in MongoDB. Instants in ms since the epoch, UTC. */
export interface Wish {
  passKey: string;
  grantId: string;
  /** The grant's revision that wrote it; an older one never overwrites a newer. */
  revision: number;
  from: number;
  until: number | null;
  /** False: a tombstone, which the pass confirms as removed. */
  wanted: boolean;
  /** What the pass last told the grant; `null` before the first time. */
  told: { revision: number; state: WishState; problemType: string | null } | null;
}

/** What a pass tells a grant about its wish. */
export type WishState = 'pending' | 'queued' | 'in_place' | 'removing' | 'removed' | 'attention';

/**
 * What a Kisi organization does where its contract is silent (kisi/facts.md §4 and §2.6); learned
 * once per integration. `unknown` until an answer has shown it.
 */
export interface LearnedBehaviour {
  /** A second role assignment of one user in one group. */
  secondRows: 'unknown' | 'accepted' | 'refused';
  /** A PATCH of a role assignment's window. */
  patch: 'unknown' | 'honoured' | 'ignored' | 'refused';
}
