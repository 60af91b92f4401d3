import { Badge } from '@mantine/core';
import type { Of } from '../api/client';
import { texts } from '../texts';

type Grant = Of<'Grant'>;

const STATUS_COLORS = {
  active: 'green',
  scheduled: 'blue',
  revoked: 'red',
  expired: 'gray',
} as const;
const PROVISIONING_COLORS = {
  pending: 'yellow',
  queued: 'yellow',
  in_place: 'green',
  removing: 'yellow',
  removed: 'gray',
  attention: 'red',
} as const;

/** Why a grant exists: Booking, Plan or Manual. */
export function SourceBadge({ source }: Pick<Grant, 'source'>) {
  return (
    <Badge
      variant="outline"
      color="gray"
      tt="none"
      miw="max-content"
      autoContrast={false}
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      {texts.common.source[source]}
    </Badge>
  );
}

/** Active, Scheduled, Revoked or Expired. */
export function StatusBadge({ status }: Pick<Grant, 'status'>) {
  return <ReadableBadge color={STATUS_COLORS[status]}>{texts.common.status[status]}</ReadableBadge>;
}

/** How much of a grant has reached Kisi. */
export function ProvisioningBadge({ provisioning }: Pick<Grant, 'provisioning'>) {
  return (
    <ReadableBadge color={PROVISIONING_COLORS[provisioning]} dot>
      {texts.common.provisioning[provisioning]}
    </ReadableBadge>
  );
}

/** A badge whose text has the page's own colour: its meaning is never in the colour alone. */
export function ReadableBadge({
  color,
  dot = false,
  children,
}: {
  color: string;
  dot?: boolean;
  children: string;
}) {
  return (
    <Badge
      color={color}
      variant={dot ? 'dot' : 'light'}
      tt="none"
      miw="max-content"
      styles={{ label: { color: 'var(--mantine-color-text)' } }}
    >
      {children}
    </Badge>
  );
}
