import type { Clock } from '../clock';
import { noticeText } from '../domain/alert-words';
import { judgeAlerts, type NoticeRef } from '../domain/alerts';
import type { Logger } from '../logging';
import type { NewNotice, Store, StoredAlert } from '../store';
import { readAlertFacts } from './alert-facts';
import { alertPlaces, type AlertPlaces } from './alert-places';

export interface AlertDeps {
  store: Store;
  clock: Clock;
  log: Logger;
  /** A start within this time is near, ms. */
  startLeadMs: number;
}

/**
 * One look at what is wrong: opens and closes alerts, and writes down what people are to be told.
 *
 * An alert is stored with the notice that it asks for, then the notice is written for each channel, then
 * the alert is marked as told; ids follow from the facts. So a look that dies half-way, or runs twice,
 * leaves each notice once.
 *
 * @returns the channels that are owed something
 */
export async function watchAlerts(deps: AlertDeps): Promise<{ channelIds: string[] }> {
  const { store, clock, log, startLeadMs } = deps;
  const places = alertPlaces(store);
  // What a look that died has left is told first, in the words of its alerts.
  await writeNotices(deps, places);
  const now = clock.now();
  const facts = await readAlertFacts(store, places, now, startLeadMs);
  const [open, known, active] = await Promise.all([
    store.alerts.open(),
    store.alerts.ofKeys(facts.map(({ key }) => key)),
    store.integrations.active(),
  ]);
  const servedIds = new Set(active.map(({ id }) => id));
  const changes = judgeAlerts(facts, [...open, ...known], servedIds, now);
  await store.alerts.apply(changes);
  if (changes.opened.length > 0 || changes.closed.length > 0) {
    log.info(
      { opened: changes.opened.length, closed: changes.closed.length },
      'Alerts were opened or closed',
    );
  }
  await writeNotices(deps, places);
  return { channelIds: await store.notices.channelsOwed() };
}

async function writeNotices(
  { store, clock }: Pick<AlertDeps, 'store' | 'clock'>,
  places: AlertPlaces,
): Promise<void> {
  const groups = byNotice(await store.alerts.untold());
  if (groups.length === 0) return;
  const channelIds = await store.alertChannels.enabledIds();
  for (const { notice, alerts } of groups) {
    const [first] = alerts;
    const place = await places.ofIntegration(first.integrationId);
    const message: Omit<NewNotice, 'channelId'> = {
      noticeId: notice.id,
      inReplyTo: notice.kind === 'closed' ? openingOf(first) : null,
      createdAt: clock.now(),
      ...noticeText(notice.kind, alerts, place),
    };
    await store.notices.record(channelIds.map((channelId) => ({ ...message, channelId })));
    await store.alerts.markTold(notice.id);
  }
}

interface NoticeGroup {
  notice: NoticeRef;
  alerts: [StoredAlert, ...StoredAlert[]];
}

function byNotice(untold: readonly { alert: StoredAlert; notice: NoticeRef }[]): NoticeGroup[] {
  const groups = new Map<string, NoticeGroup>();
  for (const { alert, notice } of untold) {
    const group = groups.get(notice.id);
    if (group) group.alerts.push(alert);
    else groups.set(notice.id, { notice, alerts: [alert] });
  }
  return [...groups.values()];
}

function openingOf({ noticeIds }: Pick<StoredAlert, 'noticeIds'>): string | null {
  return noticeIds[0] ?? null;
}
