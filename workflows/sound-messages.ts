import type { FollowSourceMessage, MessageMeta, PassReport } from '../src/contracts/grant-messages';
import { PRIORITY, type PriorityKey } from '../src/contracts/names';
import type { PassRef } from '../src/domain/door';
import type { Actor } from '../src/domain/grant';
import { windowFault, type SourceWord } from '../src/domain/grant-life';
import { parseInstant } from '../src/domain/instant';

// Messages may come from a person's hands through Temporal Web or the CLI: take what is sound and
// ignore the rest, since a TypeError in a handler would stop the workflow until it is deployed anew.

const FROM_TEMPORAL: Actor = { type: 'temporal', id: 'message' };
const ACTOR_TYPES: readonly unknown[] = [
  'api_key',
  'person',
  'temporal',
  'kisi',
  'system',
] satisfies Actor['type'][];
const WISH_STATES: readonly unknown[] = [
  'pending',
  'queued',
  'in_place',
  'removing',
  'removed',
  'attention',
] satisfies PassReport['state'][];
const REASON_LENGTH = 500;
const ID_LENGTH = 200;

/** The message itself, or an empty one when it is no object. */
export function asObject<Message extends object>(message: Message | undefined): Message {
  return isObject(message) ? message : ({} as Message);
}

export function actorOf({ by }: MessageMeta): Actor {
  if (!isObject(by)) return FROM_TEMPORAL;
  const { type, id } = by;
  return ACTOR_TYPES.includes(type) && isShortText(id) ? { type, id } : FROM_TEMPORAL;
}

export function reasonOf({ reason }: MessageMeta): string | null {
  return typeof reason === 'string' ? reason.slice(0, REASON_LENGTH) : null;
}

export function requestIdOf({ requestId }: MessageMeta): string | null {
  return isShortText(requestId) ? requestId : null;
}

/** What a source says; `null` when the message does not say it soundly. */
export function sourceWordOf(message: Partial<FollowSourceMessage>): SourceWord | null {
  const { order, startsAt, endsAt, wanted, anew } = message;
  if (typeof order !== 'number' || !Number.isFinite(order) || typeof wanted !== 'boolean') {
    return null;
  }
  if (typeof startsAt !== 'string' || (endsAt !== null && typeof endsAt !== 'string')) return null;
  const from = parseInstant(startsAt);
  const until = endsAt === null ? null : parseInstant(endsAt);
  if (windowFault(from, until) !== null) return null;
  return { order, startsAt: from, endsAt: until, wanted, anew: anew === true };
}

export function isPassReport(report: unknown): report is PassReport {
  if (!isObject(report)) return false;
  const { passKey, order, wishRevision, state, problem } = report;
  return (
    typeof passKey === 'string' &&
    Number.isFinite(order) &&
    Number.isFinite(wishRevision) &&
    WISH_STATES.includes(state) &&
    (problem === null ||
      (isObject(problem) &&
        typeof problem['type'] === 'string' &&
        typeof problem['detail'] === 'string'))
  );
}

export function isPassRef(pass: unknown): pass is PassRef {
  if (!isObject(pass)) return false;
  const { memberId, organizationId, target } = pass;
  return (
    typeof memberId === 'string' &&
    Number.isInteger(organizationId) &&
    isObject(target) &&
    (target['kind'] === 'lock' || target['kind'] === 'group') &&
    Number.isInteger(target['id'])
  );
}

export function priorityOf(priority: unknown): PriorityKey {
  return Object.values(PRIORITY).find((known) => known === priority) ?? PRIORITY.normal;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isShortText(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= ID_LENGTH;
}
