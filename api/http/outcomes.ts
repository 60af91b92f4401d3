import { InvalidCursor, type Page, type PageRequest } from '../../src/store';
import { ApiProblem, type ProblemCode } from './problems';

/** 200. */
export function ok<Body>(body: Body): { status: 200; body: Body } {
  return { status: 200, body };
}

/** 201, with the address of what was made. */
export function created<Body>(
  body: Body,
  location: string,
): { status: 201; body: Body; headers: Record<string, string> } {
  return { status: 201, body, headers: { Location: location } };
}

/** 202: it will happen; the address shows how far it has come. */
export function accepted<Body>(
  body: Body,
  location: string,
): { status: 202; body: Body; headers: Record<string, string> } {
  return { status: 202, body, headers: { Location: location } };
}

/** 302, with where the browser goes. */
export function redirected(
  to: string,
  headers: Record<string, string> = {},
): { status: 302; headers: Record<string, string> } {
  return { status: 302, headers: { ...headers, Location: to } };
}

/** 204. */
export const NO_CONTENT = { status: 204 } as const;

/** The resource that the URL names, or the 404 that says which one is missing. */
export function found<Resource>(
  resource: Resource | null,
  code: ProblemCode,
  id: string,
): Resource {
  if (resource === null) throw new ApiProblem(code, { detail: `No record has the id ${id}.` });
  return resource;
}

/** A page of a list as it is answered. A cursor that is not ours is a fault of the query. */
export async function listed<Item, Shown>(
  list: (page: PageRequest) => Promise<Page<Item>>,
  query: { limit: number; cursor?: string | undefined },
  present: (item: Item) => Shown | Promise<Shown>,
): Promise<{ status: 200; body: { data: Shown[]; nextCursor: string | null } }> {
  const { data, nextCursor } = await readPage(list, query);
  return ok({ data: await Promise.all(data.map(present)), nextCursor });
}

/** A page of a list. A cursor that is not ours is a fault of the query. */
export async function readPage<Item>(
  list: (page: PageRequest) => Promise<Page<Item>>,
  { limit, cursor }: { limit: number; cursor?: string | undefined },
): Promise<Page<Item>> {
  try {
    return await list({ limit, cursor });
  } catch (error) {
    if (!(error instanceof InvalidCursor)) throw error;
    throw new ApiProblem('request_invalid', {
      errors: [{ path: 'query.cursor', message: error.message, code: 'invalid_cursor' }],
      cause: error,
    });
  }
}

/** Drops what is undefined, since the store tells "not filtered" by absence. */
export function given<Values extends Record<string, unknown>>(
  values: Values,
): { [Key in keyof Values]?: Exclude<Values[Key], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Values]?: Exclude<Values[Key], undefined>;
  };
}
