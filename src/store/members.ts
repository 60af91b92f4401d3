import type { Actor } from '../domain/grant';
import type { Page, PageRequest } from './page';

/** Keeps every door shut for a member until it is lifted. */
export interface MemberHold {
  reason: string;
  /** Milliseconds since the epoch, UTC. */
  since: number;
  by: Actor;
}

/** Somebody who may be granted access. The id is the host's own. Instants in ms, UTC. */
export interface Member {
  id: string;
  /** As the host wrote it; unique without regard to case. */
  email: string;
  name: string | null;
  hold: MemberHold | null;
  createdAt: number;
  updatedAt: number;
}

export interface MemberStore {
  /** A hold stays as it is. @throws DuplicateKey (`email`) when another member has the address. */
  upsert(member: Pick<Member, 'id' | 'email' | 'name'>): Promise<Member>;
  get(id: string): Promise<Member | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Member[]>;
  /** In order of id. `search`: the beginning of an id or e-mail address, in any case. */
  list(filter: { search?: string }, page: PageRequest): Promise<Page<Member>>;
  /** A member already on hold keeps `since`. `null`: no such member. */
  setHold(id: string, hold: Pick<MemberHold, 'reason' | 'by'>): Promise<Member | null>;
  /** Also when there was no hold. `null`: no such member. */
  clearHold(id: string): Promise<Member | null>;
}
