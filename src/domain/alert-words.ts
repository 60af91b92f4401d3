import type { Alert, AlertFact, AlertKind } from './alerts';
import type { Words } from './explain-words';
import type { Grant, ProblemType } from './grant';

/** Where an alert is, in words. */
export interface AlertPlace {
  /** Such as `Demo Coworking (Berlin Mitte)`. */
  name: string;
  /** In the time zone of the place. */
  words: Words;
}

/** What one message says. */
export interface NoticeText {
  /** One line. */
  subject: string;
  /** Lines of plain text. */
  text: string;
}

type Said = Pick<AlertFact, 'what' | 'nextStep'>;

const NEW_KEY =
  'In the Kisi dashboard, signed in as the Organization Owner, make a new API key under Developer Settings and replace the key with it';

/** Kisi refuses the key of an integration, or the key may not do what is needed. */
export function badKeySaid(
  integrationId: string,
  problem: 'kisi_key_refused' | 'kisi_rights_missing',
  since: number,
  place: AlertPlace,
): Said {
  const trouble =
    problem === 'kisi_key_refused'
      ? 'Kisi refuses the API key'
      : 'Kisi says that the API key may not manage access';
  return {
    what: `${trouble} of ${place.name} since ${when(since, place)}. No access can be given or taken away there; access that is in place opens and ends on time.`,
    nextStep: `${NEW_KEY}: PATCH /v1/integrations/${integrationId} {"apiKey": "…"}. What waits follows by itself.`,
  };
}

/** Kisi does not answer. */
export function kisiDownSaid(integrationId: string, since: number, place: AlertPlace): Said {
  return {
    what: `Kisi has not answered for ${place.name}, or not steadily, since ${when(since, place)}. New access and changes wait; access that is in place opens and ends on time.`,
    nextStep: `Wait. It is tried again every few seconds, and what waits follows by itself. GET /v1/integrations/${integrationId}/outage lists whom it touches, so that they can be let in by hand.`,
  };
}

/** The reconciliation would close more doors than it may without a person. */
export function removalsHeldSaid(
  integrationId: string,
  run: { at: number; removals: number; openDoors: number },
  place: AlertPlace,
): Said {
  return {
    what: `The reconciliation of ${place.name} wants to close ${String(run.removals)} of ${String(run.openDoors)} accesses that are open now, and waits for a person's word since ${when(run.at, place)}. Until then they stay open.`,
    nextStep: `Look at GET /v1/integrations/${integrationId}/health. If so many are right, allow it: POST /v1/integrations/${integrationId}/reconcile-approval. If they are not, correct bookings, memberships or mappings first.`,
  };
}

/** A start that is near or past and not in place. */
export function startAtRiskSaid(
  grant: Pick<Grant, 'id' | 'memberId' | 'doorMappingId' | 'startsAt' | 'provisioning' | 'problem'>,
  doorName: string,
  place: AlertPlace,
  now: number,
): Said {
  const begins = grant.startsAt > now ? 'begins' : 'should have begun';
  const { id, memberId, doorMappingId, startsAt, problem, provisioning } = grant;
  const why = problem
    ? WHY[problem.type]
    : provisioning === 'queued'
      ? 'Kisi still holds an earlier window of the member'
      : 'it is not set up at Kisi yet';
  return {
    what: `Access of member ${memberId} to ${doorName}, ${place.name}, ${begins} ${when(startsAt, place)} and is not in place: ${why} (grant ${id}).`,
    nextStep: `GET /v1/members/${memberId}/explain?doorMappingId=${doorMappingId} says what to do. Let the member in by hand if need be.`,
  };
}

/** Goes on after a colon. The detail of a problem may quote Kisi, which is nothing for a chat. */
const WHY: Readonly<Record<ProblemType, string>> = {
  mapping_unknown: 'its door mapping was deleted',
  mapping_inactive: 'its door mapping is not active',
  integration_inactive: 'the connection to Kisi was removed',
  member_unknown: 'the member is not known any more',
  member_on_hold: 'the member is on hold',
  group_missing: 'the Kisi group of the lock is still being made',
  kisi_key_refused: 'Kisi refuses the API key',
  kisi_rights_missing: 'the API key may not manage access',
  kisi_unavailable: 'Kisi does not answer',
  kisi_refused: 'Kisi refuses it',
  kisi_unexpected_answer: 'Kisi answers in an unknown way',
  kisi_user_taken: 'another member has the same Kisi user',
  kisi_user_disabled: 'the Kisi user has no access',
  kisi_group_missing: 'the group is gone at Kisi',
  kisi_group_reserved: 'the Kisi group is kept for one lock',
  kisi_lock_missing: 'the lock is gone at Kisi',
  foreign_row_blocks: 'an access right that somebody else made at Kisi is in the way',
  emergency_stop: 'a person has stopped changes at Kisi',
};

const OPENED: Readonly<Record<Exclude<AlertKind, 'start_at_risk'>, string>> = {
  bad_key: 'The Kisi API key does not work',
  kisi_down: 'Kisi does not answer',
  removals_held: 'The reconciliation waits for your word',
};

const CLOSED: Readonly<Partial<Record<AlertKind, string>>> = {
  bad_key: 'The Kisi API key works again',
  kisi_down: 'Kisi answers again',
};

/** So many starts are named one by one; a chat cuts off longer texts. */
const MOST_LINES = 20;

/**
 * The message of the alerts that share it.
 * @param alerts one, or several of `start_at_risk`
 */
export function noticeText(
  kind: 'opened' | 'closed',
  alerts: readonly [Alert, ...Alert[]],
  place: AlertPlace,
): NoticeText {
  const [alert] = alerts;
  if (kind === 'closed') return closedText(alert, place);
  if (alert.kind === 'start_at_risk') return startsText(alerts, place);
  return {
    subject: `${OPENED[alert.kind]}: ${place.name}`,
    text: [alert.what, '', `What to do: ${alert.nextStep}`].join('\n'),
  };
}

function closedText(
  { kind, integrationId, since, clearSince }: Alert,
  place: AlertPlace,
): NoticeText {
  const headline = CLOSED[kind] ?? 'It is over';
  const until = clearSince === null ? '' : ` until ${when(clearSince, place)}`;
  return {
    subject: `${headline}: ${place.name}`,
    text: [
      `${headline} for ${place.name}. It was in trouble from ${when(since, place)}${until}. What waited is being put in place now, what is due first.`,
      '',
      `What to do: nothing. GET /v1/integrations/${integrationId ?? ''}/outage lists whom it touched.`,
    ].join('\n'),
  };
}

function startsText(alerts: readonly Alert[], place: AlertPlace): NoticeText {
  const many = alerts.length;
  const named = alerts.slice(0, MOST_LINES);
  const left = many - named.length;
  return {
    subject: `${many === 1 ? 'A start is' : `${String(many)} starts are`} near and not in place: ${place.name}`,
    text: [
      ...named.map(({ what }) => `- ${what}`),
      ...(left > 0
        ? [`- and ${String(left)} more: GET /v1/alerts?open=true&kind=start_at_risk`]
        : []),
      '',
      many === 1
        ? `What to do: ${alerts[0]?.nextStep ?? ''}`
        : 'What to do: GET /v1/members/:id/explain?doorMappingId= says it for each of them. Let the members in by hand if need be.',
    ].join('\n'),
  };
}

function when(at: number, { words }: AlertPlace): string {
  return `${words.instant(at)} (${words.timeZone})`;
}
