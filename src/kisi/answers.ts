import { z } from 'zod';
import { KisiError, KisiThrottled, KisiUnexpectedAnswer } from './errors';

/** The HTTP call that an error is about; `route` is a template without ids. */
export interface CallName {
  method: string;
  route: string;
}

const LONGEST_BODY_KEPT = 2_000;

/**
 * Both error shapes of Kisi: `{code, error}`, and `{errors: {field: [message]}}` for 422. Anything
 * else is read as an error without a code, never as a success.
 */
const errorBody = z.object({
  code: z.string().optional().catch(undefined),
  errors: z
    .record(z.string(), z.array(z.string()).or(z.string().transform((message) => [message])))
    .optional()
    .catch(undefined),
});

/** The typed error for an answer that is not 2xx. */
export function errorForAnswer(
  call: CallName,
  status: number,
  text: string,
  retryAfter: string | undefined,
  now: number,
): KisiError {
  const isRead = call.method === 'GET';
  const { code, errors } = parseErrorBody(text);
  const fields = Object.fromEntries(
    Object.entries(errors ?? {}).map(([field, messages]) => [field, messages.map(withoutEmails)]),
  );
  const details = {
    status,
    ...(code !== undefined && { code }),
    fields,
    body: withoutEmails(text).slice(0, LONGEST_BODY_KEPT),
  };
  const what = describe(call, status, code, Object.keys(fields));

  // An unlock is asked by a member's own login, so that what is a fault of our key elsewhere is a
  // plain no here; and a 503 with a domain code is a hardware report, not a lost reply.
  if (call.route === '/locks/:id/unlock') {
    if (status === 403 || status === 409) {
      return new KisiError('refused', `Kisi refused ${what}`, details);
    }
    if (status === 503 && code !== undefined) {
      return new KisiError('unavailable', `Kisi could not carry out ${what}`, details);
    }
  }
  if (status === 401 || status === 403) {
    return new KisiError('configuration', `Kisi does not accept the key for ${what}`, details);
  }
  if (status === 404) return new KisiError('missing', `Kisi has no such record: ${what}`, details);
  if (status === 409) return new KisiError('duplicate', `Kisi has it already: ${what}`, details);
  if (status === 429) {
    return new KisiThrottled(`Kisi throttled ${what}`, retryAfterMs(retryAfter, now), details);
  }
  // 408 is an intermediary's word that it gave up, which says nothing about what was done.
  if (status >= 500 || status === 408) {
    return isRead
      ? new KisiError('unavailable', `Kisi could not answer ${what}`, details)
      : new KisiError('lost_reply', `Unknown outcome of ${what}`, details);
  }
  if (status >= 400) return new KisiError('refused', `Kisi refused ${what}`, details);
  return new KisiUnexpectedAnswer(`Unexpected status for ${what}`, !isRead, details);
}

/** Reads a 2xx body. @throws KisiUnexpectedAnswer that names each field that is missing or wrong. */
export function readAnswer<T>(
  call: CallName,
  schema: z.ZodType<T>,
  status: number,
  text: string,
): T {
  const isWrite = call.method !== 'GET';
  const what = describe(call, status, undefined, []);
  const body = withoutEmails(text).slice(0, LONGEST_BODY_KEPT);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new KisiUnexpectedAnswer(`The answer is not JSON: ${what}`, isWrite, { status, cause });
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || '(whole)'} ${issue.code}`);
  throw new KisiUnexpectedAnswer(
    `The answer breaks the contract: ${what}: ${faults.join(', ')}`,
    isWrite,
    // A 2xx body may hold a secret, so that only an answer to a read is kept.
    { status, ...(!isWrite && { body }) },
  );
}

function describe(
  { method, route }: CallName,
  status: number,
  code: string | undefined,
  fields: readonly string[],
): string {
  const facts = [String(status), code, ...fields].filter((fact) => fact !== undefined);
  return `${method} ${route} (${facts.join(', ')})`;
}

function parseErrorBody(text: string): z.infer<typeof errorBody> {
  try {
    const parsed = errorBody.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : {};
  } catch {
    // Proxies answer with pages; the status alone then says what happened.
    return {};
  }
}

/** Error texts of Kisi may quote an address; errors end in logs, which must hold none. */
function withoutEmails(text: string): string {
  return text.replace(/[^\s"'<>@,;:]+@[^\s"'<>@,;:]+/g, '[e-mail]');
}

/** `Retry-After` is seconds or an HTTP date (RFC 9110 §10.2.3); Kisi does not document which. */
function retryAfterMs(value: string | undefined, now: number): number | null {
  if (value === undefined) return null;
  if (/^\d+(\.\d+)?$/.test(value.trim())) return Math.ceil(Number(value) * 1_000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}
