import type { PassRef } from '../domain/door';

/** Every pass that a grant ever asked, so that a new run of its workflow can release them all. */
export interface GrantPassStore {
  /** The same pass twice changes nothing. */
  add(grantId: string, pass: PassRef): Promise<void>;
  /** In the order they were added; empty when there is none. */
  get(grantId: string): Promise<PassRef[]>;
}
