import { z } from 'zod';
import type { Answer } from '../http/answer';
import {
  Refusal,
  errorAnswer,
  forbidden,
  noContent,
  notFound,
  ok,
  unauthorized,
} from '../http/answer';
import type { Call, LoginCaller, Route } from '../http/call';
import {
  bodyOf,
  hasRight,
  instant,
  instantOrNull,
  ownRecord,
  ownRecords,
  requireRight,
} from '../http/call';
import { listAnswer, pages10, wholeNumber } from '../http/list';
import { newSecret } from '../state/defaults';
import type { Login, User } from '../state/records';
import type { View } from '../state/state';
import { present, userRef } from './references';

/** Caps per user (contract, POST /logins): the least recently used device goes, an 11th API key fails. */
const maxDevices = 40;
const maxApiKeys = 10;

const text = z.string().nullish();

const createBody = z.object({
  type: z.enum(['api', 'device']).default('device'),
  name: text,
  device_brand: text,
  device_model: text,
  os_name: text,
  email: z.email().optional(),
  // Kisi's docs send it as a string, its contract says boolean.
  expire: z.union([z.boolean(), z.stringbool()]).default(true),
});

const signInBody = z.object({ domain: z.string(), email: z.string(), password: z.string() });

export const loginRoutes: Route[] = [
  { method: 'get', path: '/login', auth: 'login', run: fetchCurrentLogin },
  // Not in the contract's subset, but the official client's signOut() calls it.
  { method: 'delete', path: '/login', auth: 'login', run: deleteCurrentLogin },
  { method: 'get', path: '/logins', auth: 'login', run: listLogins },
  { method: 'post', path: '/logins', auth: 'anyone', run: createLogin },
  { method: 'delete', path: '/logins/:id', auth: 'login', run: deleteLogin },
];

function fetchCurrentLogin({ caller, view }: Call): Answer {
  return ok({ ...presentLogin(view, caller.login), scram_credentials: null });
}

function deleteCurrentLogin(call: Call): Answer {
  call.state.tables.logins.remove(call.caller.login.id, call.now);
  return noContent;
}

function listLogins(call: Call): Answer {
  const { caller, listed, query } = call;
  const wantsAll = query['scope'] === 'all';
  const named = query['user_id'];
  const userId =
    named === undefined || named === 'me' ? caller.user.id : wholeNumber(call, 'user_id');
  const isOwn = userId === caller.user.id && !wantsAll;
  if (!isOwn) requireRight(call, 'logins_read');
  const logins = ownRecords(call, listed.logins).filter(
    (login) => wantsAll || login.userId === userId,
  );
  return listAnswer(call, logins, pages10, (login) => presentLogin(listed, login));
}

function createLogin(call: Call<LoginCaller | undefined>): Answer {
  const body = bodyOf(call, 'login', createBody);
  const user =
    call.caller === undefined ? signIn(call) : loginOwner({ ...call, caller: call.caller }, body);
  makeRoom(call, user, body.type);
  const login = call.state.tables.logins.insert(
    {
      organizationId: user.organizationId,
      userId: user.id,
      type: body.type,
      name: body.name ?? null,
      secret: newSecret(),
      primary: false,
      expire: body.expire,
      lastUsedAt: null,
      deviceBrand: body.device_brand ?? null,
      deviceModel: body.device_model ?? null,
      osName: body.os_name ?? null,
    },
    call.now,
  );
  return ok(presentCreated(call.view, login, user));
}

/** Password sign-in needs no login; managed users have no password and cannot sign in. */
function signIn(call: Call<undefined> | Call<LoginCaller | undefined>): User {
  const body = z.object({ user: signInBody }).safeParse(call.body ?? {});
  if (!body.success) throw unauthorized();
  const { domain, email, password } = body.data.user;
  const organization = call.view.organizations.all().find((o) => o.domain === domain);
  const user = call.view.users
    .all()
    .find(
      (u) => u.organizationId === organization?.id && u.email.toLowerCase() === email.toLowerCase(),
    );
  if (user?.password !== password) {
    throw new Refusal(errorAnswer(401, 'Invalid email or password.', 'afc516'));
  }
  return user;
}

/** Oneself, or another user of the organization: then only a device (contract, POST /logins). */
function loginOwner(call: Call, body: z.output<typeof createBody>): User {
  const { caller } = call;
  const email = body.email?.toLowerCase();
  if (email === undefined || email === caller.user.email.toLowerCase()) {
    if (body.type === 'api' && !hasRight(caller.user, 'logins_write')) throw forbidden();
    return caller.user;
  }
  requireRight(call, 'logins_write');
  if (body.type !== 'device') throw forbidden();
  const user = ownRecords(call, call.view.users).find((u) => u.email.toLowerCase() === email);
  if (user === undefined) throw notFound();
  return user;
}

function makeRoom(call: Call<unknown>, user: User, type: Login['type']): void {
  const same = call.view.logins.all().filter((l) => l.userId === user.id && l.type === type);
  if (type === 'api' && same.length >= maxApiKeys) throw forbidden();
  if (type === 'device' && same.length >= maxDevices) {
    const lastUse = (login: Login): number => login.lastUsedAt ?? login.createdAt;
    const oldest = same.reduce((a, b) => (lastUse(b) < lastUse(a) ? b : a));
    call.state.tables.logins.remove(oldest.id, call.now);
  }
}

function deleteLogin(call: Call): Answer {
  const login = ownRecord(call, call.view.logins);
  if (login.userId !== call.caller.user.id) requireRight(call, 'logins_write');
  call.state.tables.logins.remove(login.id, call.now);
  return noContent;
}

function presentLogin(view: View, login: Login): object {
  return {
    id: login.id,
    created_at: instant(login.createdAt),
    updated_at: instant(login.updatedAt),
    type: login.type,
    name: login.name,
    primary: login.primary,
    expire: login.expire,
    last_used_at: instantOrNull(login.lastUsedAt),
    device_brand: login.deviceBrand,
    device_model: login.deviceModel,
    os_name: login.osName,
    user_id: login.userId,
    user: userRef(present(view.users.get(login.userId))),
    app: { name: null, version: null },
    user_agent: { name: null, version: null },
    device: { brand: login.deviceBrand, model: login.deviceModel },
    os: { name: login.osName, version: null },
  };
}

/** The only answer that carries the secret. */
function presentCreated(view: View, login: Login, user: User): object {
  const hasPrimary = view.logins.all().some((l) => l.userId === user.id && l.primary);
  return {
    ...presentLogin(view, login),
    scram_credentials: null,
    secret: login.secret,
    authentication_token: login.secret,
    has_primary_device: hasPrimary,
    email: user.email,
    notifications_unread_count: 0,
    otp_required_for_login: false,
    otp_enabled_at: null,
    image: user.image,
    primary_login_exists: hasPrimary,
  };
}
