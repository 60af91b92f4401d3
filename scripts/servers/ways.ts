/** The environment variable in which noes are kept, so that child processes of a run know them. */
const NOES_VARIABLE = 'LATCHKEY_SERVER_NOES';

/** What a way answers: the thing, or why not. */
export type Answer<T> = { yes: true; found: T } | { yes: false; reason: string };

/** One way to get a server (or its program). */
export interface Way<T> {
  /** Shown to the person who waits, such as `mongod on PATH`. */
  name: string;
  attempt: () => Promise<Answer<T>>;
  /** A no that costs time (a network that does not answer) is asked once per run. */
  rememberNo?: boolean;
}

export function yes<T>(found: T): Answer<T> {
  return { yes: true, found };
}

export function no(reason: string): { yes: false; reason: string } {
  return { yes: false, reason };
}

/** The reason in an error, on one line. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/\s+/g, ' ').trim();
}

/** None of the ways worked; the message lists each with its reason and what would help. */
export class NoServerError extends Error {
  override readonly name = 'NoServerError';
}

interface Need {
  /** What is looked for, such as `MongoDB`. */
  what: string;
  /** What a person can do when every way says no. */
  help: string;
  env: NodeJS.ProcessEnv;
  log: (line: string) => void;
}

/**
 * Tries the ways in order; the first that works wins.
 * @throws NoServerError when none does. Errors thrown by a way are not noes: they end the search
 *   (a server that was named by its address but does not answer must not be replaced in silence).
 */
export async function firstThatWorks<T>(need: Need, ways: readonly Way<T>[]): Promise<T> {
  const reasons: string[] = [];
  for (const way of ways) {
    const answer = await askOnce(need, way);
    if (answer.yes) {
      const because = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
      need.log(`${need.what}: ${way.name}${because}`);
      return answer.found;
    }
    reasons.push(`${way.name}: ${answer.reason}`);
  }
  const list = reasons.map((reason, index) => `  ${index + 1}. ${reason}`).join('\n');
  throw new NoServerError(
    `No ${need.what} could be found or fetched. Tried:\n${list}\n${need.help}`,
  );
}

async function askOnce<T>(need: Need, way: Way<T>): Promise<Answer<T>> {
  const key = `${need.what}/${way.name}`;
  const known = readNoes(need.env)[key];
  if (way.rememberNo === true && known !== undefined) return no(known);
  const answer = await way.attempt();
  if (way.rememberNo === true && !answer.yes) {
    need.env[NOES_VARIABLE] = JSON.stringify({ ...readNoes(need.env), [key]: answer.reason });
  }
  return answer;
}

function readNoes(env: NodeJS.ProcessEnv): Record<string, string> {
  const text = env[NOES_VARIABLE];
  return text === undefined ? {} : (JSON.parse(text) as Record<string, string>);
}
