import { z } from 'zod';

const ZONE_LESS = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$/;

/**
 * An instant as callers send it: ISO 8601 with `Z` or an offset. Becomes milliseconds UTC, taken down
 * to the whole second, because Kisi keeps whole seconds.
 */
export const instantIn = z.iso
  .datetime({
    offset: true,
    error: ({ input }) =>
      typeof input === 'string' && ZONE_LESS.test(input)
        ? 'has no time zone, so it could be any of 24 hours; add Z for UTC or an offset, such as 2026-11-24T10:00:00+01:00.'
        : 'must be an ISO 8601 instant with Z or an offset, such as 2026-11-24T10:00:00Z.',
  })
  .transform((text) => Math.floor(Date.parse(text) / 1000) * 1000)
  .meta({
    description:
      'An ISO 8601 instant with `Z` or an offset. Fractions of a second are cut off (rounded down). A time without a zone is refused.',
    examples: ['2026-11-24T10:00:00Z'],
  });

/** An instant as we answer it: ISO 8601, UTC, with milliseconds. */
export const instantOut = z.iso.datetime().meta({
  description: 'ISO 8601, UTC.',
  examples: ['2026-11-24T10:00:00.000Z'],
});

/** Milliseconds UTC as callers read them. */
export function toIso(at: number): string {
  return new Date(at).toISOString();
}

/** `null` stays `null`: nothing has happened yet, or there is no end. */
export function toIsoOrNull(at: number | null): string | null {
  return at === null ? null : toIso(at);
}

const HOST_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/**
 * An id that the host platform chose. It becomes part of workflow ids and URLs, and it is shown in
 * Temporal Web, so that nothing that could be an e-mail address fits.
 */
export const hostId = z
  .string()
  .regex(
    HOST_ID,
    'must be 1 to 100 letters, digits, dots, underscores or hyphens, and begin with a letter or digit.',
  )
  .meta({ description: "The host platform's own id.", examples: ['mem_7f3a'] });

/** As many ids as one request may name. */
const MOST_IDS = 100;

/** A filter of lists that names its rows, so that many are read by one request. */
export const idsFilter = z
  .string()
  .transform((text) => text.split(','))
  .pipe(
    z
      .array(z.string().min(1, 'must not be empty.').max(120, 'must be at most 120 characters.'))
      .max(MOST_IDS, `must be at most ${String(MOST_IDS)} ids.`),
  )
  .optional()
  .meta({
    description: `Those with these ids alone: up to ${String(MOST_IDS)}, separated by commas. Of one that is not there nothing is shown.`,
    examples: ['mem_7f3a,mem_9c01'],
  });

/** An id that Latchkey made, in a path. What does not look like one is simply not found. */
export const ownId = z.string().min(1).max(120);

/** A name for people. */
export const displayName = z
  .string()
  .trim()
  .min(1, 'must not be empty.')
  .max(200, 'must be at most 200 characters.');

/** Free text for the access log. */
export const reasonText = z
  .string()
  .trim()
  .min(1, 'must not be empty; leave it out instead.')
  .max(500, 'must be at most 500 characters.')
  .meta({ description: 'Why, in a few words; shown in the access log.', examples: ['Lost badge'] });

/** An IANA time zone that this runtime knows. */
export const timeZone = z
  .string()
  .refine(isTimeZone, 'must be an IANA time zone, such as Europe/Berlin.')
  .meta({ description: 'IANA time zone.', examples: ['Europe/Berlin'] });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    // `Intl` also takes offsets such as +01:00, which are no zones: they know no summer time.
    return /^[A-Za-z]/.test(name);
  } catch {
    return false;
  }
}

/** Kisi's ids are positive integers. */
export const kisiId = z
  .int()
  .positive()
  .meta({ description: "Kisi's id.", examples: [4711] });

/** Who did something. */
export const actorOut = z
  .strictObject({
    type: z.enum(['api_key', 'person', 'member', 'temporal', 'kisi', 'system']),
    id: z.string(),
  })
  .meta({
    id: 'Actor',
    description:
      'Who did it: an API key, a person who signed in by the identity provider (by its own id of them), a member, somebody at Temporal (Web, CLI, SDK), somebody at Kisi (its dashboard or app; `User:1002` is its user 1002), or a part of Latchkey itself.',
    examples: [{ type: 'api_key', id: 'key_1' }],
  });

/** What every list takes. */
export const pageQuery = {
  limit: z.coerce
    .number({ error: 'must be a whole number from 1 to 200.' })
    .int('must be a whole number from 1 to 200.')
    .min(1, 'must be a whole number from 1 to 200.')
    .max(200, 'must be a whole number from 1 to 200.')
    .default(50)
    .meta({ description: 'How many rows at most.', examples: [50] }),
  cursor: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .meta({ description: '`nextCursor` of the page before; leave it out for the first page.' }),
};

/** The shape of every list. */
export function page<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{ data: z.ZodArray<Item>; nextCursor: z.ZodNullable<z.ZodString> }, z.core.$strict> {
  const examples = item.meta()?.['examples'];
  return z
    .strictObject({
      data: z.array(item),
      nextCursor: z.string().nullable().meta({ description: '`null`: this was the last page.' }),
    })
    .meta({ examples: [{ data: examples, nextCursor: null }] });
}
