import { watchAlerts, type AlertDeps } from '../src/access/watch-alerts';
import type { AlertRecordsActivities, NoticeActivities } from '../src/contracts/alert-activities';
import { sendDueNotices, type SendNoticesDeps } from '../src/notices/send-due';
import { beating } from './beating';

/** Activities of alerts on `access-records`. */
export function createAlertActivities(deps: AlertDeps): AlertRecordsActivities {
  return beating<AlertRecordsActivities>({ watchAlerts: () => watchAlerts(deps) });
}

/** Activities of alerts on `access-events`: requests to mail servers and webhooks. */
export function createNoticeActivities(deps: SendNoticesDeps): NoticeActivities {
  return beating<NoticeActivities>({ sendDueNotices: (input) => sendDueNotices(deps, input) });
}
