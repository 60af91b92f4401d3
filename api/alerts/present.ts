import type { z } from 'zod';
import type { Notice, StoredAlert } from '../../src/store';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { alertOut } from './schema';

/** @param notices those of this alert among them */
export function presentAlert(
  alert: StoredAlert,
  notices: readonly Notice[],
): z.input<typeof alertOut> {
  const { id, kind, integrationId, grantId, what, nextStep, noticeIds } = alert;
  return {
    id,
    kind,
    integrationId,
    grantId,
    since: toIso(alert.since),
    openedAt: toIso(alert.openedAt),
    clearSince: toIsoOrNull(alert.clearSince),
    closedAt: toIsoOrNull(alert.closedAt),
    what,
    nextStep,
    notices: notices
      .filter(({ noticeId }) => noticeIds.includes(noticeId))
      .map(({ channelId, subject, status, attempts, error, nextTryAt, sentAt }) => ({
        channelId,
        subject,
        status,
        attempts,
        error,
        nextTryAt: toIsoOrNull(nextTryAt),
        sentAt: toIsoOrNull(sentAt),
      })),
  };
}
