import { Skeleton } from '@mantine/core';
import { ReadableBadge } from '../../../shared/badges';
import { texts } from '../../../texts';
import { useHealth, type Health, type Integration } from '../../../api/integrations';
import { isRemoving } from './removing';

const t = texts.integrations.state;
const COLORS = {
  ok: 'green',
  unknown: 'gray',
  fault: 'red',
  stopped: 'orange',
  removing: 'yellow',
  removed: 'gray',
} as const;

const BADGE_WIDTH = 100;

type State = keyof typeof COLORS;

/** How a connection is doing, in two words; nothing where who looks may not know. */
export function StateBadge({ integration }: { integration: Integration }) {
  const { data: health, isPending } = useHealth(integration.id);
  const state = stateOf(integration, health);
  if (state === 'unknown' && isPending)
    return <Skeleton width={BADGE_WIDTH} height={20} radius="xl" />;
  if (state === 'unknown' && health === null) return null;
  return (
    <ReadableBadge color={COLORS[state]} dot>
      {t[state]}
    </ReadableBadge>
  );
}

function stateOf(integration: Integration, health: Health | null | undefined): State {
  if (!integration.active) return isRemoving(integration) ? 'removing' : 'removed';
  if (integration.emergencyStop !== null) return 'stopped';
  if (!health || health.state === 'inactive') return 'unknown';
  return health.state;
}
