import type { Simulator, SimulatorOptions } from '../../simulator';
import { createSimulator, demoApiKey } from '../../simulator';

/** What a call was answered. */
export interface Reply {
  status: number;
  /** Parsed JSON, the text when it is none, undefined when there was none. */
  body: unknown;
  headers: Headers;
}

/** What a call carries beside method and path. */
export interface CallOptions {
  body?: unknown;
  /** Login secret; the demo key when left out, none with null. */
  key?: string | null;
  /** The whole `Authorization` header instead. */
  authorization?: string;
}

/** A simulator that listens, and short ways to call it. */
export interface Bench {
  simulator: Simulator;
  url: string;
  call(method: string, path: string, options?: CallOptions): Promise<Reply>;
  /** As `call`, and fails unless the status is 2xx. */
  done<T = { id: number }>(method: string, path: string, options?: CallOptions): Promise<T>;
}

const open: Simulator[] = [];

/** Starts a simulator of its own for a test, without a rate limit, which only its own tests want. */
export async function startBench(options: SimulatorOptions = {}): Promise<Bench> {
  const simulator = createSimulator(options);
  open.push(simulator);
  const url = await simulator.listen();
  simulator.setSwitches({ rateLimit: { enabled: false } });
  const call: Bench['call'] = (method, path, callOptions) =>
    request(url, method, path, callOptions);
  return {
    simulator,
    url,
    call,
    done: async <T>(method: string, path: string, callOptions?: CallOptions) => {
      const reply = await call(method, path, callOptions);
      if (reply.status >= 300) {
        throw new Error(`${method} ${path}: ${reply.status} ${JSON.stringify(reply.body)}`);
      }
      return reply.body as T;
    },
  };
}

/** Closes every simulator that this file started. */
export async function closeBenches(): Promise<void> {
  await Promise.all(open.splice(0).map((simulator) => simulator.close()));
}

async function request(
  url: string,
  method: string,
  path: string,
  { body, key = demoApiKey, authorization }: CallOptions = {},
): Promise<Reply> {
  const login = authorization ?? (key === null ? undefined : `KISI-LOGIN ${key}`);
  const response = await fetch(url + path, {
    method,
    headers: {
      'Content-Type': 'application/json',
      ...(login === undefined ? {} : { Authorization: login }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: parse(text), headers: response.headers };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Ids of the default seed. */
export const seeded = {
  organization: 11,
  owner: 1001,
  desk: 1002,
  place: 101,
  frontDoor: 201,
  meetingRoom: 202,
  commonAreas: 301,
};

/** Makes a managed user, who gets no mail. */
export async function makeUser(bench: Bench, email: string): Promise<number> {
  const user = { email, name: email, send_emails: false, confirm: true };
  return (await bench.done('POST', '/users', { body: { user } })).id;
}

/** The body of a row in the contract's current form. */
export function rowBody(
  userId: number,
  window: { valid_from?: string | null; valid_until?: string | null } = {},
  groupId = seeded.commonAreas,
): { role_assignment: Record<string, unknown> } {
  return {
    role_assignment: {
      applies_to_type: 'Group',
      applies_to_id: groupId,
      assignee_type: 'User',
      assignee_id: userId,
      role_id: 'group_basic',
      notify: false,
      ...window,
    },
  };
}

/** A device login of this user, made by the owner; answers its secret. */
export async function deviceSecret(bench: Bench, email: string): Promise<string> {
  const login = { type: 'device', email, expire: false };
  return (await bench.done<{ secret: string }>('POST', '/logins', { body: { login } })).secret;
}
