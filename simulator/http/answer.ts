/** What an operation answers; the pipeline sends it, delays it or loses it. */
export interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

/** Thrown by an operation that refuses; carries the answer. */
export class Refusal extends Error {
  constructor(readonly answer: Answer) {
    super(`answered with ${answer.status}`);
    this.name = 'Refusal';
  }
}

/** Create answers 200 with the object, not 201 (contract, x-note). */
export function ok(body: unknown, headers?: Record<string, string>): Answer {
  return { status: 200, body, ...(headers === undefined ? {} : { headers }) };
}

/** PATCH and DELETE answer 204 without a body. */
export const noContent: Answer = { status: 204 };

/** An error in Kisi's shape; generic codes are the status, padded to six digits. */
export function errorAnswer(status: number, error: string, code = genericCode(status)): Answer {
  return { status, body: { code, error } };
}

/** Kisi's code for an error that has none of its own (`000404` and `000409` were seen live). */
export function genericCode(status: number): string {
  return String(status).padStart(6, '0');
}

export const badRequest = (error: string): Refusal => new Refusal(errorAnswer(400, error));
export const unauthorized = (): Refusal =>
  new Refusal(errorAnswer(401, 'You need to sign in or sign up before continuing.'));
export const forbidden = (): Refusal =>
  new Refusal(errorAnswer(403, 'You are not authorized to perform this action.'));
export const notFound = (): Refusal =>
  new Refusal(errorAnswer(404, 'The record could not be found.'));
export const conflict = (): Refusal => new Refusal(errorAnswer(409, 'The record already exists.'));

/** 422 has another shape than all other errors: field names to messages, without a code. */
export function unprocessable(errors: Record<string, string[]>): Refusal {
  return new Refusal({ status: 422, body: { errors } });
}
