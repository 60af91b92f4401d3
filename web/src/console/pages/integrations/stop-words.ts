import type { Integration } from '../../../api/integrations';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { actorName } from '../members/member';

/** Why what is written at Kisi is stopped, since when, and who set that. */
export function stopWords({
  reason,
  since,
  by,
}: NonNullable<Integration['emergencyStop']>): string {
  return texts.integrations.stop.is(reason, showInstant(since, browserZone), actorName(by));
}
