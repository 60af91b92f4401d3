/**
 * What a person is alerted of. `bad_key`: Kisi refuses the key, or it may not do what is needed.
 * `kisi_down`: Kisi does not answer. `start_at_risk`: a start is near, or past, and not in place.
 * `removals_held`: the reconciliation waits for a person's word before it removes so much.
 */
export const ALERT_KINDS = ['bad_key', 'kisi_down', 'start_at_risk', 'removals_held'] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

/** Something that is wrong at one moment. Instants in ms since the epoch, UTC. */
export interface AlertFact {
  /** Names the trouble; the same for as long as it is the same. See `alertKeys`. */
  key: string;
  kind: AlertKind;
  /** `null`: a grant whose door mapping is gone. */
  integrationId: string | null;
  /** Only of `start_at_risk`. */
  grantId: string | null;
  since: number;
  /** What is wrong, where and since when; sentences for people. No secret, e-mail or name of a member. */
  what: string;
  /** What a person does about it. */
  nextStep: string;
}

/** Keys of facts. A start that is moved is another start, of which people are told anew. */
export const alertKeys = {
  integration: (integrationId: string, kind: Exclude<AlertKind, 'start_at_risk'>): string =>
    `integration:${integrationId}:${kind}`,
  start: (grantId: string, startsAt: number): string => `grant:${grantId}:${String(startsAt)}`,
} as const;

/** A fact as it was noticed. Instants in ms since the epoch, UTC. */
export interface Alert extends AlertFact {
  /** `<key>#<episode>`: whoever notices the same fact twice makes one alert of it. */
  id: string;
  /** Counts how often there was an alert of this key. */
  episode: number;
  openedAt: number;
  /** It came back soon after it had gone, so that its end is believed later. */
  isFlapping: boolean;
  /** Since when the fact is gone while the alert still stands; `null`: it is there, or it is over. */
  clearSince: number | null;
  /** `null`: it is open. */
  closedAt: number | null;
}

/** A message that an alert asks for. Several alerts may share the notice of their opening. */
export interface NoticeRef {
  id: string;
  kind: 'opened' | 'closed';
}

/** What follows from what is wrong now. */
export interface AlertChanges {
  /** `notice: null`: people have heard of it lately. */
  opened: { alert: Alert; notice: NoticeRef | null }[];
  /** Open alerts whose words have changed; nobody is told. */
  reworded: Pick<Alert, 'id' | 'what' | 'nextStep'>[];
  /** Alerts whose fact has gone (`since`), or has come back (`null`). Nobody is told. */
  cleared: { id: string; since: number | null }[];
  closed: { id: string; notice: NoticeRef | null }[];
}

/** Kisi must have been silent for so long: a hiccup is over before anybody could act on it. */
export const SILENT_MS = 30_000;
/** So long must an outage or a bad key be over before people hear that it is. */
export const HOLD_DOWN_MS = 2 * 60_000;
/** The same for one that came back within `FLAPPING_MS`. */
export const FLAPPING_HOLD_DOWN_MS = 15 * 60_000;
/** What comes back within this time after its end is flapping. */
export const FLAPPING_MS = 60 * 60_000;

/** Kinds of whose end people hear. Of the others they see it: the door opens, or they gave their word. */
const TELLS_END: readonly AlertKind[] = ['bad_key', 'kisi_down'];

/**
 * Compares what is wrong with the alerts that are known. It looks at states, not at changes, so that
 * it does not matter when it ran last, or how often: what is told was not told before.
 *
 * @param known every open alert, and the latest of each key among `facts`
 * @param servedIds the integrations that are connected; the end of one is the end of its alerts
 */
export function judgeAlerts(
  facts: readonly AlertFact[],
  known: readonly Alert[],
  servedIds: ReadonlySet<string>,
  now: number,
): AlertChanges {
  const latest = latestByKey(known);
  const changes: AlertChanges = { opened: [], reworded: [], cleared: [], closed: [] };
  for (const fact of facts) {
    const last = latest.get(fact.key);
    if (last?.closedAt !== null) {
      if (isWorthTelling(fact, now)) changes.opened.push(open(fact, last ?? null, now));
      continue;
    }
    const { id } = last;
    if (last.clearSince !== null) changes.cleared.push({ id, since: null });
    if (last.what !== fact.what || last.nextStep !== fact.nextStep) {
      changes.reworded.push({ id, what: fact.what, nextStep: fact.nextStep });
    }
  }
  const present = new Set(facts.map(({ key }) => key));
  for (const alert of latest.values()) {
    if (alert.closedAt !== null || present.has(alert.key)) continue;
    const { id, integrationId } = alert;
    if (integrationId !== null && !servedIds.has(integrationId)) {
      changes.closed.push({ id, notice: null });
    } else if (!TELLS_END.includes(alert.kind)) {
      changes.closed.push({ id, notice: null });
    } else if (alert.clearSince === null) {
      changes.cleared.push({ id, since: now });
    } else if (now - alert.clearSince >= holdDown(alert)) {
      changes.closed.push({ id, notice: { id: `${id}:closed`, kind: 'closed' } });
    }
  }
  return changes;
}

function latestByKey(known: readonly Alert[]): Map<string, Alert> {
  const latest = new Map<string, Alert>();
  for (const alert of known) {
    const other = latest.get(alert.key);
    if (!other || other.episode < alert.episode) latest.set(alert.key, alert);
  }
  return latest;
}

function isWorthTelling({ kind, since }: AlertFact, now: number): boolean {
  return kind !== 'kisi_down' || now - since >= SILENT_MS;
}

function holdDown({ isFlapping }: Alert): number {
  return isFlapping ? FLAPPING_HOLD_DOWN_MS : HOLD_DOWN_MS;
}

function open(fact: AlertFact, last: Alert | null, now: number): AlertChanges['opened'][number] {
  const episode = (last?.episode ?? 0) + 1;
  const isFlapping = last?.closedAt != null && now - last.closedAt < FLAPPING_MS;
  const id = `${fact.key}#${String(episode)}`;
  const alert: Alert = {
    ...fact,
    id,
    episode,
    openedAt: now,
    isFlapping,
    clearSince: null,
    closedAt: null,
  };
  if (fact.kind !== 'start_at_risk')
    return { alert, notice: { id: `${id}:opened`, kind: 'opened' } };
  // All starts that are noticed at the same moment at one integration share a notice.
  const notice = `starts:${fact.integrationId ?? 'none'}:${String(now)}`;
  return { alert, notice: isFlapping ? null : { id: notice, kind: 'opened' } };
}
