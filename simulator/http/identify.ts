import type { Login } from '../state/records';
import type { State } from '../state/state';
import type { Caller } from './call';

/** API keys that were not used for six months stop working (Kisi's newest page on keys), in ms. */
const apiKeyIdleMs = 182 * 24 * 3600 * 1000;

/**
 * Who presents this `Authorization` header: the owner of a login (`KISI-LOGIN <secret>`) or an access link
 * (`KISI-GROUP-LINK <secret>`); undefined when the secret is unknown, revoked or ran out.
 */
export function identify(
  state: State,
  authorization: string | undefined,
  now: number,
): Caller | undefined {
  const [scheme, secret] = (authorization ?? '').split(' ');
  if (secret === undefined || secret === '') return undefined;
  const { tables } = state;
  if (scheme === 'KISI-GROUP-LINK') {
    const link = tables.groupLinks.all().find((candidate) => candidate.secret === secret);
    const organization = link && tables.organizations.get(link.organizationId);
    return link && organization && { kind: 'groupLink', link, organization };
  }
  if (scheme !== 'KISI-LOGIN') return undefined;
  const login = tables.logins.all().find((candidate) => candidate.secret === secret);
  if (login === undefined) return undefined;
  const user = tables.users.get(login.userId);
  const organization = tables.organizations.get(login.organizationId);
  if (user === undefined || organization === undefined) return undefined;
  if (ranOut(login, organization.deviceLoginsExpireAfter * 1000, now)) return undefined;
  tables.logins.touch(login.id, { lastUsedAt: now });
  return { kind: 'login', login, user, organization };
}

function ranOut(login: Login, deviceIdleMs: number, now: number): boolean {
  const idleMs = now - (login.lastUsedAt ?? login.createdAt);
  return login.expire && idleMs > (login.type === 'device' ? deviceIdleMs : apiKeyIdleMs);
}
