import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { problemsOf, type AnswerSpec, type OperationSpec } from '../http/operation';
import { WEBHOOKS } from '../event-subscriptions/webhooks';
import { MEMBER_COOKIE } from '../my/session-cookie';
import { SESSION_COOKIE } from '../session/cookie';
import { problemType, PROBLEMS, type ProblemCode } from '../http/problems';

const INTRODUCTION = `Door access at Kisi that follows bookings, plans and manual grants.

**Keys.** \`Authorization: Bearer <API key>\`. A key has scopes: \`admin\` may do everything; \`booking\` has what a booking system needs (places, members, plans, bookings, memberships, imports, grants); \`operator\` reads everything and revokes, restores and retries grants.

**Browsers** sign in with a key (\`POST /v1/session\`) and then carry a cookie instead, which may do what the key may. Every request by cookie that is not GET or HEAD carries \`X-Latchkey-Client: web\`, which no page of another site can send. Where \`Authorization\` is sent, the cookie does not count.

**Limited to locations.** A key or a person may be limited to locations (\`locationIds\`). Lists then show what belongs to these, everything else is answered as if it were not there, and what concerns the whole organization is refused (\`location_limited\`).

**Members** come with a token of their own (\`POST /v1/members/:id/portal-sessions\`, or a JWT of the host platform that is set up here), which opens \`/v1/my/…\` and nothing else; a key does not open that. The page My Keys keeps it in a cookie (\`POST /v1/my/session\`), which goes by the rules of the other one.

**Instants** are sent as ISO 8601 with \`Z\` or an offset and taken down to the whole second; they are answered in UTC.

**Repeating a POST.** Send an \`Idempotency-Key\`: for 48 h the same request under the same key gets the same answer and happens once.

**Bookings and memberships** carry a version of the platform’s own, so that deliveries may come in any order and more than once. They can also be pushed as signed webhooks, or signalled to Temporal (docs/booking-systems.md).

**Events** are posted to subscriptions (\`POST /v1/event-subscriptions\`), signed as Standard Webhooks has it; see Webhooks below and docs/outgoing-events.md.

**Lists** are \`{data, nextCursor}\`; send \`nextCursor\` as \`cursor\` for the next page.

**Errors** are RFC 9457 problem details with a stable \`code\`, all faults in \`errors\`, and what to do in \`remedy\`.`;

const API_KEY = 'apiKey';
const MEMBER_TOKEN = 'memberToken';
const SESSION = 'session';
const MEMBER_SESSION = 'memberSession';

const problemOut = z
  .strictObject({
    type: z.string().meta({ description: 'A URI that names the kind of problem.' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]).meta({
      description: 'Stable; branch on this.',
    }),
    detail: z.string(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string(), code: z.string() })),
    remedy: z.string().meta({ description: 'What to do about it.' }),
    requestId: z.string(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });

/** The OpenAPI 3.1 document of these routes. */
export function describeApi(
  operations: readonly OperationSpec[],
): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {};
  for (const spec of operations) {
    const path = spec.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [spec.method]: describeOperation(spec) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'Latchkey', version: '1', description: INTRODUCTION },
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    components: {
      securitySchemes: {
        [API_KEY]: { type: 'http', scheme: 'bearer', description: 'An API key.' },
        [SESSION]: {
          type: 'apiKey',
          in: 'cookie',
          name: SESSION_COOKIE,
          description:
            'A browser that signed in (POST /v1/session). By https its name begins with `__Host-`.',
        },
        [MEMBER_TOKEN]: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "A member's short-lived token.",
        },
        [MEMBER_SESSION]: {
          type: 'apiKey',
          in: 'cookie',
          name: MEMBER_COOKIE,
          description:
            "A browser that keeps a member's token (POST /v1/my/session). By https its name begins with `__Host-`.",
        },
      },
    },
    paths,
    webhooks: WEBHOOKS,
  });
}

function describeOperation(spec: OperationSpec): ZodOpenApiOperationObject {
  return {
    operationId: spec.id,
    tags: [spec.tag],
    summary: spec.summary,
    description: `${spec.description}\n\n${neededFor(spec)}`,
    security: securityOf(spec),
    requestParams: {
      ...(spec.params ? { path: spec.params } : {}),
      ...(spec.query ? { query: spec.query } : {}),
      ...(spec.idempotent ? { header: z.object({ 'Idempotency-Key': idempotencyKey }) } : {}),
    },
    ...(spec.body
      ? {
          requestBody: {
            required: !spec.body.safeParse({}).success,
            content: { 'application/json': { schema: spec.body, example: spec.bodyExample } },
          },
        }
      : {}),
    responses: { ...describeAnswers(spec), ...describeProblems(spec) },
  };
}

function neededFor({ scopes }: OperationSpec): string {
  if (scopes === null) return 'Needs no key.';
  if (scopes === 'member') return "Needs a member's token; a key does not do.";
  return `Scopes: ${scopes.map((scope) => `\`${scope}\``).join(', ')}.`;
}

function securityOf({ scopes }: OperationSpec): Record<string, string[]>[] {
  if (scopes === null) return [];
  return scopes === 'member'
    ? [{ [MEMBER_TOKEN]: [] }, { [MEMBER_SESSION]: [] }]
    : [{ [API_KEY]: [] }, { [SESSION]: [] }];
}

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/)
  .optional()
  .meta({ description: 'Makes the request safe to repeat.', examples: ['8f14e45f-ceea-467f'] });

function describeAnswers({ answers }: OperationSpec): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      { description: answer.description, ...contentOf(answer) },
    ]),
  );
}

function contentOf(answer: AnswerSpec): object {
  const { schema, example, contentType = 'application/json', otherForms } = answer;
  if (schema === undefined) return {};
  return {
    content: {
      [contentType]: { schema, ...(example === undefined ? {} : { example }) },
      ...otherForms,
    },
  };
}

/** One response per status, with an example for each code that comes with it. */
function describeProblems(spec: OperationSpec): ZodOpenApiResponsesObject {
  const byStatus = new Map<number, ProblemCode[]>();
  for (const code of problemsOf(spec)) {
    const { status } = PROBLEMS[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: `${STATUS_CODES[status] ?? 'Problem'}: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
        content: {
          'application/problem+json': {
            schema: problemOut,
            examples: Object.fromEntries(
              codes.map((code) => [code, { value: exampleProblem(code) }]),
            ),
          },
        },
      },
    ]),
  );
}

function exampleProblem(code: ProblemCode): z.input<typeof problemOut> {
  const { title, status, remedy } = PROBLEMS[code];
  return {
    type: problemType(code),
    title,
    status,
    code,
    detail: title,
    errors: [],
    remedy,
    requestId: '2f1c9d4e-7b5a-4a53-9f57-0d6f2f6f4d11',
  };
}
