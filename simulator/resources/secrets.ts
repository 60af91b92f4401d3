import { randomBytes } from 'node:crypto';

/** A secret as Kisi's look: 32 hex characters. */
export function newSecret(): string {
  return randomBytes(16).toString('hex');
}
