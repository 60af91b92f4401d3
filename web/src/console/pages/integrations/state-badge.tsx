import { ReadableBadge } from '../../../shared/badges';
import { texts } from '../../../texts';
import { useHealth, type Health, type Integration } from '../../../api/integrations';

const t = texts.integrations.state;
const COLORS = {
  ok: 'green',
  unknown: 'gray',
  fault: 'red',
  stopped: 'orange',
  removing: 'yellow',
  removed: 'gray',
} as const;

type State = keyof typeof COLORS;

/** How a connection is doing, in two words. */
export function StateBadge({ integration }: { integration: Integration }) {
  const { data: health } = useHealth(integration.id);
  const state = stateOf(integration, health);
  return (
    <ReadableBadge color={COLORS[state]} dot>
      {t[state]}
    </ReadableBadge>
  );
}

function stateOf({ active, apiKeyHint, emergencyStop }: Integration, health?: Health): State {
  // The key is dropped when a removal is done.
  if (!active) return apiKeyHint === null ? 'removed' : 'removing';
  if (emergencyStop !== null) return 'stopped';
  if (health === undefined || health.state === 'inactive') return 'unknown';
  return health.state;
}
