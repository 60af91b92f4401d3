import { createHash } from 'node:crypto';
import { API_KEY_SCOPES, type ApiKeyScope } from '../../src/store';

/** What a provider says of a person: the claims of the ID token and of its userinfo. */
export type Claims = Readonly<Record<string, unknown>>;

/** Stands for every location. */
const EVERY_LOCATION = '*';

/**
 * A claim by its name, which may be a URL with dots in it; else by its way through objects, such as
 * `resource_access.latchkey.roles`.
 */
export function claimIn(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name
    .split('.')
    .reduce<unknown>(
      (at, step) => (isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined),
      claims,
    );
}

/** The scopes of ours among a claim's values; none: the person may do nothing here. */
export function scopesIn(claims: Claims, name: string): ApiKeyScope[] {
  const given = wordsOf(claimIn(claims, name));
  return API_KEY_SCOPES.filter((scope) => given.includes(scope));
}

/** The locations that a claim names; `null`: all, none: the person may see nothing here. */
export function locationsIn(claims: Claims, name: string): string[] | null {
  const given = [...new Set(wordsOf(claimIn(claims, name)))];
  return given.includes(EVERY_LOCATION) ? null : given;
}

/** What to call the person in front of them. */
export function nameIn(claims: Claims): string | null {
  const named = ['name', 'preferred_username', 'email'].map((claim) => claims[claim]);
  const name = named.find((value) => typeof value === 'string' && value.trim() !== '');
  return typeof name === 'string' ? name.trim().slice(0, 200) : null;
}

/**
 * How logs name the person: `sub`, by which the provider's own console finds them. Where a provider
 * puts an e-mail or something very long there, its hash, since ids name nobody and are short.
 */
export function personIdOf(issuer: string, { sub }: Claims): string {
  const subject = String(sub);
  if (/^[\x21-\x3f\x41-\x7e]{1,128}$/.test(subject)) return subject;
  return createHash('sha256').update(`${issuer}\n${subject}`).digest('hex').slice(0, 32);
}

/** Providers send a list, or one text with spaces or commas. */
function wordsOf(claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.filter((value) => typeof value === 'string');
  return typeof claim === 'string' ? claim.split(/[\s,]+/).filter(Boolean) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
