import type { RequestHandler } from 'express';
import type { z } from 'zod';
import { contextOf } from '../http/context';
import type { OperationSpec } from '../http/operation';
import { ApiProblem, type Fault } from '../http/problems';

/** Checks path, query and body together, so that one answer lists every fault. */
export function validate(spec: OperationSpec): RequestHandler {
  return (req, res, next) => {
    contextOf(res).route = spec.path;
    const params = check('params', spec.params, req.params);
    const query = check('query', spec.query, req.query);
    const body = check('body', spec.body, req.body);
    const errors = [...params.faults, ...query.faults, ...body.faults];
    if (errors.length > 0) {
      throw new ApiProblem('request_invalid', {
        detail: errors.length === 1 ? 'There is one fault.' : `There are ${errors.length} faults.`,
        errors,
      });
    }
    contextOf(res).input = { params: params.value, query: query.value, body: body.value };
    next();
  };
}

function check(
  part: 'params' | 'query' | 'body',
  schema: z.ZodType | undefined,
  value: unknown,
): { value: unknown; faults: Fault[] } {
  if (schema === undefined) return { value: undefined, faults: [] };
  // A request without a body is judged as an empty one: a missing field says more than a missing body.
  const result = schema.safeParse(value ?? {}, { error: explain });
  return result.success
    ? { value: result.data, faults: [] }
    : { value: undefined, faults: result.error.issues.flatMap((issue) => faultsOf(part, issue)) };
}

/** Zod's own words speak of "undefined", which no caller has sent. */
const explain: z.core.$ZodErrorMap = (issue) =>
  issue.code === 'invalid_type' && issue.input === undefined
    ? `is missing; send a value of type ${issue.expected}.`
    : undefined;

/** One fault for each issue; an unknown field is named by its own path, and a union by its branches. */
function faultsOf(part: string, issue: z.core.$ZodIssue): Fault[] {
  const path = [part, ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: `${path}.${key}`,
      message: 'is not known here; remove it or correct its name.',
      code: issue.code,
    }));
  }
  return [{ path, message: issue.message, code: issue.code }];
}
