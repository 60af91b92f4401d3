import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './schema';

/** An answer of the API that says no (RFC 9457), or the lack of one. */
export type Problem = components['schemas']['Problem'];

/** Thrown by every call whose answer is not 2xx, and when there was no answer at all. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';

  constructor(
    /** `null`: nothing answered, or something that is not our API. */
    readonly problem: Problem | null,
    readonly status: number | null,
  ) {
    super(problem?.detail ?? 'No answer');
  }
}

/** The header that no page of another site can send; the API wants it beside the session's cookie. */
const OWN_PAGE = { 'X-Latchkey-Client': 'web' } as const;

/** Whether it was refused because it concerns other locations than those of who asks. */
export function isLimited(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem?.code === 'location_limited';
}

const throwProblems: Middleware = {
  async onResponse({ response }) {
    if (!response.ok) throw new ApiProblem(await problemOf(response), response.status);
  },
  onError() {
    return new ApiProblem(null, null);
  },
};

async function problemOf(response: Response): Promise<Problem | null> {
  if (!response.headers.get('content-type')?.includes('problem+json')) return null;
  return (await response.json().catch(() => null)) as Problem | null;
}

/** How long an answer is waited for, ms: the API waits 8 s at most for each thing that it asks Kisi. */
const ANSWER_MS = 30_000;

/**
 * Sends a request and ends it, the reading of the answer included, when that takes too long: what is in
 * between may take a request and never answer.
 */
function fetchInTime(request: Request): Promise<Response> {
  // `AbortSignal.any` is not in every browser that these pages are built for (Safari before 17.4).
  const end = new AbortController();
  for (const signal of [request.signal, AbortSignal.timeout(ANSWER_MS)]) {
    if (signal.aborted) end.abort(signal.reason);
    signal.addEventListener('abort', () => {
      end.abort(signal.reason);
    });
  }
  return fetch(request, { signal: end.signal });
}

/**
 * The API, typed from its own OpenAPI document. The browser sends the session's cookie by itself.
 * Every call throws `ApiProblem` unless it is answered with 2xx.
 */
export const api = createClient<paths>({ headers: OWN_PAGE, fetch: fetchInTime });
api.use(throwProblems);

/**
 * What was answered, for a call that throws on anything but 2xx.
 * @example const grant = await answer(api.GET('/v1/grants/{id}', { params: { path: { id } } }));
 */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

type Schemas = components['schemas'];
/** The shapes of the API by their names in its document. */
export type Of<Name extends keyof Schemas> = Schemas[Name];
