import type { Problem, ProblemType } from '../domain/grant';
import { KisiError } from '../kisi';

/**
 * A trouble that trying again at once cannot help and that concerns this pass alone: it is told to
 * the grants as `attention`, and looked at again slowly.
 */
export class AccessProblem extends Error {
  override readonly name = 'AccessProblem';
  readonly problem: Problem;

  constructor(type: ProblemType, detail: string) {
    super(`${type}: ${detail}`);
    this.problem = { type, detail };
  }
}

/** Something that time alone will clear up, such as a list that is behind: look again, tell nobody. */
export class LookAgain extends Error {
  override readonly name = 'LookAgain';

  constructor(
    readonly afterMs: number,
    message: string,
  ) {
    super(message);
  }
}

/** What is told of an error that concerns this pass alone and that no retry can mend. */
export function ownProblem(error: KisiError): Problem {
  return error.kind === 'unexpected_answer'
    ? {
        type: 'kisi_unexpected_answer',
        detail: `Kisi answered in a way that its contract does not know (${error.message}).`,
      }
    : { type: 'kisi_refused', detail: error.message };
}

/** The fault of the whole integration that this error shows; `null` when it is not one. */
export function integrationFault(error: unknown): Problem | null {
  if (!(error instanceof KisiError)) return null;
  switch (error.kind) {
    case 'configuration':
      return error.status === 401
        ? {
            type: 'kisi_key_refused',
            detail: 'Kisi refuses the API key. Replace it with one made by the Organization Owner.',
          }
        : {
            type: 'kisi_rights_missing',
            detail:
              'Kisi says that the key may not do this. Use a key made by the Organization Owner.',
          };
    case 'unavailable':
    case 'lost_reply':
      return { type: 'kisi_unavailable', detail: `Kisi does not answer (${error.message}).` };
    // One odd record must not hold up everybody else's.
    case 'unexpected_answer':
    case 'refused':
    case 'missing':
    case 'duplicate':
    case 'throttled':
    case 'too_late':
    case 'stopped':
      return null;
  }
}

/** What Kisi said of a request that it refused, for the grant's problem. */
export function refusal(error: KisiError): string {
  const fields = Object.entries(error.fields).map(([field, says]) => `${field} ${says.join(', ')}`);
  const said = fields.length > 0 ? fields.join('; ') : (error.body ?? error.message);
  return `Kisi refused (${String(error.status ?? 'no status')}): ${said}`.slice(0, 500);
}
