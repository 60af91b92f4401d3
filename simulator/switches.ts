import { z } from 'zod';

const duplicateMode = z.enum(['conflict', 'newRow', 'unprocessable']);

/**
 * What is not known about Kisi, or differs between organizations, as switches. Sources: the open questions
 * in the contract's README and the switch list of the fact sheet (section 11).
 */
export const switchesSchema = z.strictObject({
  /** A second row for the same assignee and target: 409 `000409`, a further row, or 422; by whether the window is the same. */
  duplicateGrant: z.strictObject({ sameWindow: duplicateMode, otherWindow: duplicateMode }),
  /** PATCH of `valid_from` / `valid_until`: done, 204 without effect, or 422. */
  patchWindow: z.enum(['honoured', 'ignored', 'refused']),
  /** Whether a row whose window is over stays listed. */
  expiredRows: z.enum(['kept', 'purged']),
  /** Whether a kept expired row counts as a duplicate for a new POST. */
  expiredRowBlocks: z.boolean(),
  /** A window that ends before it begins, or at once: 422 or taken. */
  reversedWindow: z.enum(['unprocessable', 'accepted']),
  /** POST /users with an e-mail that is taken: 409 (live use) or 422 (the contract). */
  existingUser: z.enum(['conflict', 'unprocessable']),
  /** `GET /users?email=`: exact but for case, or any e-mail that contains it. */
  emailFilter: z.enum(['exact', 'contains']),
  /** Requests per sliding second and user (per address without a login); beyond that 429. */
  rateLimit: z.strictObject({
    enabled: z.boolean(),
    perSecond: z.int().positive(),
    retryAfter: z.boolean(),
    jsonBody: z.boolean(),
  }),
  /** Delay of every answer, before the request is done. */
  latencyMs: z.int().nonnegative(),
  /** All calls fail, undone: 503, or the connection is reset. */
  outage: z.enum(['none', 'unavailable', 'reset']),
  /** Lists show the state as it was this long ago, as a replica would; reads by id are current. */
  listLagMs: z.int().nonnegative(),
  /** Every page but the first starts this many rows late (rows are skipped) or, below 0, early (repeated). */
  pageShift: z.int(),
  /** A `limit` above the resource's maximum: cut down to it, or 400. */
  limitAboveMax: z.enum(['clamp', 'refuse']),
  /** Which locks a member's own login lists: those that open now, or also those of other windows. */
  memberLocks: z.enum(['openNow', 'anyWindow']),
  /** An unlock follows the ledger, never answers, or fails with this Kisi error code. */
  unlock: z.union([z.enum(['ledger', 'hang']), z.string().regex(/^[0-9a-f]{6}$/)]),
  /**
   * How events reach webhooks. `signature`: `sha256=<hex>`, bare hex, or none; `copies`: how often each
   * is sent; `order`: as they happen, or those of 150 ms in reverse; `delayMs`: how late; `disableAfter`:
   * after so many failures in a row, each tried three times, the webhook is disabled (null: never).
   */
  webhook: z.strictObject({
    signature: z.enum(['prefixed', 'bareHex', 'none']),
    copies: z.int().min(1).max(10),
    order: z.enum(['kept', 'reversed']),
    delayMs: z.int().nonnegative(),
    disableAfter: z.int().positive().nullable(),
  }),
});

/** All switches with their current values. */
export type Switches = z.infer<typeof switchesSchema>;

/** A change of some switches; a single duplicate mode stands for both windows. */
export const switchesPatch = switchesSchema
  .extend({
    duplicateGrant: z.union([
      duplicateMode.transform((mode) => ({ sameWindow: mode, otherWindow: mode })),
      switchesSchema.shape.duplicateGrant.partial(),
    ]),
    rateLimit: switchesSchema.shape.rateLimit.partial(),
    webhook: switchesSchema.shape.webhook.partial(),
  })
  .partial();

/** A change of some switches, as a test writes it. */
export type SwitchesPatch = z.input<typeof switchesPatch>;

/** The best supported reading of Kisi, and the harsher one where nothing is known. */
export const defaultSwitches: Switches = {
  duplicateGrant: { sameWindow: 'conflict', otherWindow: 'conflict' },
  patchWindow: 'honoured',
  expiredRows: 'kept',
  expiredRowBlocks: true,
  reversedWindow: 'unprocessable',
  existingUser: 'conflict',
  emailFilter: 'exact',
  rateLimit: { enabled: true, perSecond: 5, retryAfter: false, jsonBody: true },
  latencyMs: 0,
  outage: 'none',
  listLagMs: 0,
  pageShift: 0,
  limitAboveMax: 'clamp',
  memberLocks: 'openNow',
  unlock: 'ledger',
  webhook: { signature: 'prefixed', copies: 1, order: 'kept', delayMs: 0, disableAfter: 20 },
};

/** The switches after a change; throws a ZodError that names what is wrong with it. */
export function changeSwitches(switches: Switches, change: SwitchesPatch): Switches {
  const patch = switchesPatch.parse(change);
  return switchesSchema.parse({
    ...switches,
    ...patch,
    duplicateGrant: { ...switches.duplicateGrant, ...patch.duplicateGrant },
    rateLimit: { ...switches.rateLimit, ...patch.rateLimit },
    webhook: { ...switches.webhook, ...patch.webhook },
  });
}
