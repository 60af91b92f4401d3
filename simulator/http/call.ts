import { z } from 'zod';
import type { Switches } from '../switches';
import type { GroupLink, Login, Organization, Right, User } from '../state/records';
import type { State, View } from '../state/state';
import type { Answer } from './answer';
import { forbidden, notFound, unprocessable } from './answer';

/** Someone who presented a login secret. */
export interface LoginCaller {
  kind: 'login';
  login: Login;
  user: User;
  organization: Organization;
}

/** Someone who presented the secret of an access link. */
export interface LinkCaller {
  kind: 'groupLink';
  link: GroupLink;
  organization: Organization;
}

export type Caller = LoginCaller | LinkCaller;

/** One request as an operation sees it. */
export interface Call<C = LoginCaller> {
  caller: C;
  state: State;
  /** The present state; lists use `listed` instead. */
  view: View;
  /** What lists show: the present, or the past when lists lag. */
  listed: View;
  switches: Switches;
  /** ms UTC by the simulator's clock. */
  now: number;
  params: Record<string, string>;
  query: Record<string, string>;
  body: unknown;
}

/** An operation of the contract: which callers it takes and what it does. */
export type Route =
  | RouteOf<'login', LoginCaller>
  | RouteOf<'loginOrLink', Caller>
  | RouteOf<'anyone', LoginCaller | undefined>;

interface RouteOf<Auth, C> {
  method: 'get' | 'post' | 'patch' | 'delete';
  /** Express path, such as `/users/:id`. */
  path: string;
  auth: Auth;
  run: (call: Call<C>) => Answer | 'hang';
}

/** Refuses with 403 unless the caller's account has the right. */
export function requireRight(call: Call, right: Right): void {
  if (!hasRight(call.caller.user, right)) throw forbidden();
}

export function hasRight(user: User, right: Right): boolean {
  return user.rights === 'all' || user.rights.includes(right);
}

/** The record that the path names, within the caller's organization; refuses with 404 otherwise. */
export function ownRecord<T extends { organizationId: number }>(
  call: Call<Caller>,
  table: { get(id: number): T | undefined },
  id: number | string | undefined = call.params['id'],
): T {
  const record = table.get(Number(id));
  if (record?.organizationId !== call.caller.organization.id) throw notFound();
  return record;
}

/** All records of the caller's organization. */
export function ownRecords<T extends { organizationId: number }>(
  call: Call<Caller>,
  table: { all(): readonly T[] },
): T[] {
  return table.all().filter((record) => record.organizationId === call.caller.organization.id);
}

/** The part of the body under the resource's name, checked; refuses with 422 and a message per field. */
export function bodyOf<S extends z.ZodType>(
  call: Call<unknown>,
  resource: string,
  schema: S,
): z.output<S> {
  const parsed = z.object({ [resource]: schema }).safeParse(call.body ?? {});
  if (parsed.success) return parsed.data[resource] as z.output<S>;
  const errors: Record<string, string[]> = {};
  for (const issue of parsed.error.issues) {
    const field = issue.path.slice(1).join('.') || resource;
    (errors[field] ??= []).push(issue.message);
  }
  throw unprocessable(errors);
}

/** ISO 8601 with zone in, whole seconds in ms UTC out (sub-second input is accepted live, facts sheet section 6). */
export const instantInput = z.iso
  .datetime({ offset: true })
  .transform((text) => Math.floor(Date.parse(text) / 1000) * 1000);

/** ms UTC as Kisi writes an instant: whole seconds with `Z`. */
export function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

export function instantOrNull(at: number | null): string | null {
  return at === null ? null : instant(at);
}
