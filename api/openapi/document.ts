import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponsesObject,
} from 'zod-openapi';
import { problemsOf, type AnswerSpec, type OperationSpec } from '../http/operation';
import { problemType, PROBLEMS, type ProblemCode } from '../http/problems';

const INTRODUCTION = `Door access at Kisi that follows bookings, plans and manual grants.

**Keys.** \`Authorization: Bearer <API key>\`. A key has scopes: \`admin\` may do everything; \`booking\` has what a booking system needs (places, members, plans, bookings, memberships, imports, grants); \`operator\` reads everything and revokes, restores and retries grants.

**Members** come with a token of their own (\`POST /v1/members/:id/portal-sessions\`, or a JWT of the host platform that is set up here), which opens \`/v1/my/…\` and nothing else; a key does not open that.

**Instants** are sent as ISO 8601 with \`Z\` or an offset and taken down to the whole second; they are answered in UTC.

**Repeating a POST.** Send an \`Idempotency-Key\`: for 48 h the same request under the same key gets the same answer and happens once.

**Bookings and memberships** carry a version of the platform’s own, so that deliveries may come in any order and more than once. They can also be pushed as signed webhooks, or signalled to Temporal (docs/booking-systems.md).

**Lists** are \`{data, nextCursor}\`; send \`nextCursor\` as \`cursor\` for the next page.

**Errors** are RFC 9457 problem details with a stable \`code\`, all faults in \`errors\`, and what to do in \`remedy\`.`;

const API_KEY = 'apiKey';
const MEMBER_TOKEN = 'memberToken';

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
        [MEMBER_TOKEN]: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: "A member's short-lived token.",
        },
      },
    },
    paths,
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
  return [{ [scopes === 'member' ? MEMBER_TOKEN : API_KEY]: [] }];
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
