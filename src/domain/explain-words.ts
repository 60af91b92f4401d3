import type { Grant } from './grant';

/** What a person, or a program on their behalf, does next. */
export interface NextStep {
  /** One sentence. */
  text: string;
  /** The call of this API that does it, with its ids filled in; `null`: none does. */
  call: { method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string } | null;
  /** Where to look in another system, such as `Kisi dashboard > Users`; `null`: nowhere else. */
  where: string | null;
}

/** One thing that was looked at. */
export interface ExplainReason {
  code: ExplainCode;
  /** Whether it is as it must be for the door to open; `null`: nobody knows, or it depends. */
  ok: boolean | null;
  /** One sentence. */
  text: string;
  /** `null`: nothing is to be done. Never `null` where `ok` is false. */
  nextStep: NextStep | null;
}

/** Stable; in the order in which they are told where several are not as they must be. */
export const EXPLAIN_CODES = [
  'mapping_deleted',
  'integration_removed',
  'mapping_inactive',
  'mapping_unassigned',
  'door_mapping',
  'member_on_hold',
  'member',
  'grant',
  'grant_revoked',
  'grant_terminated',
  'booking_pending',
  'booking_cancelled',
  'membership_paused',
  'membership_cancelled',
  'source_being_applied',
  'source_withdrawn',
  'grant_starts_later',
  'grant_ended',
  'booking_elsewhere',
  'membership_of_other_doors',
  'no_grant',
  'integration_stopped',
  'integration_fault',
  'kisi_not_heard',
  'kisi_user_missing',
  'kisi_user_disabled',
  'provisioning_problem',
  'being_set_up',
  'waits_for_turn',
  'provisioning',
  'kisi_row_missing',
  'kisi_row',
  'access_lingers',
  'foreign_row',
  'obstacle',
  'kisi_user_unconfirmed',
  'kisi_other_email',
  'wider_role',
  'integration',
  'kisi_user',
  'kisi_credentials',
  'grant_attempt_failed',
  'last_unlock',
] as const;
export type ExplainCode = (typeof EXPLAIN_CODES)[number];

/** Words that depend on the zone of the door. */
export class Words {
  readonly #format: Intl.DateTimeFormat;

  constructor(readonly timeZone: string) {
    this.#format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      day: 'numeric',
      month: 'short',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
  }

  /** `24 Nov 2026, 11:00`, with seconds where there are any. */
  instant(ms: number): string {
    return this.#format.format(ms).replace(/:00$/, '');
  }

  /** `from … until …`; `null`: open. */
  span({ from, until }: { from: number | null; until: number | null }): string {
    const begin = from === null ? 'from ever' : `from ${this.instant(from)}`;
    return until === null ? `${begin} without end` : `${begin} until ${this.instant(until)}`;
  }
}

/** `Booking bkg_1`, `Membership mbs_1`, `A grant given by hand`. */
export function giverOf({ source, sourceId }: Pick<Grant, 'source' | 'sourceId'>): string {
  if (source === 'manual' || sourceId === null) return 'A grant given by hand';
  return `${source === 'plan' ? 'Membership' : 'Booking'} ${sourceId}`;
}

export function good(code: ExplainCode, text: string): ExplainReason {
  return { code, ok: true, text, nextStep: null };
}

export function bad(code: ExplainCode, text: string, nextStep: NextStep): ExplainReason {
  return { code, ok: false, text, nextStep };
}

export function unsure(code: ExplainCode, text: string, nextStep: NextStep | null): ExplainReason {
  return { code, ok: null, text, nextStep };
}

/** A step that one call of this API carries out, or that is done elsewhere. */
export function step(
  text: string,
  { call, where }: { call?: string; where?: string } = {},
): NextStep {
  const [method, path] = call?.split(' ', 2) ?? [];
  return {
    text,
    call:
      method !== undefined && path !== undefined
        ? { method: method as NonNullable<NextStep['call']>['method'], path }
        : null,
    where: where ?? null,
  };
}

/** Where a user stands in the dashboard. */
export function atKisi(userName: string | null, tab?: string): string {
  const parts = ['Kisi dashboard', 'Users', userName ?? "the member's user", tab];
  return parts.filter((part) => part !== undefined).join(' > ');
}
