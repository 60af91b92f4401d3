import { Group, Text } from '@mantine/core';
import { ReadableBadge } from '../../../shared/badges';
import { MemberLink } from '../../../shared/named';
import { texts } from '../../../texts';
import type { Source } from './source';

const t = texts.bookings;
const MEMBERS_IN_A_ROW = 3;

const STATUS_COLORS = {
  confirmed: 'green',
  active: 'green',
  pending: 'yellow',
  paused: 'yellow',
  cancelled: 'gray',
} as const;
const STATUS_NAMES = { ...t.booking.status, ...t.membership.status };

/** What the booking system says of it. */
export function SourceStatusBadge({ status }: Pick<Source, 'status'>) {
  if (status === null) return texts.common.unknown;
  return <ReadableBadge color={STATUS_COLORS[status]}>{STATUS_NAMES[status]}</ReadableBadge>;
}

/** Whose it is; long ones are cut. */
export function MembersCell({ memberIds }: Pick<Source, 'memberIds'>) {
  const rest = memberIds.length - MEMBERS_IN_A_ROW;
  return (
    <Group gap={6}>
      {memberIds.slice(0, MEMBERS_IN_A_ROW).map((id) => (
        <MemberLink key={id} id={id} />
      ))}
      {rest > 0 && <Text size="sm">{t.moreMembers(rest)}</Text>}
    </Group>
  );
}

/** How many doors it opens, and whether all of that has reached Kisi. */
export function DoorsCell({ doors, settled, warnings }: Source) {
  const needsAttention = doors.some(({ provisioning }) => provisioning === 'attention');
  const count = new Set(doors.map(({ doorMappingId }) => doorMappingId)).size;
  return (
    <Group gap={6}>
      <Text size="sm">{count === 0 ? t.state.noDoors : t.state.doors(count)}</Text>
      {needsAttention ? (
        <ReadableBadge color="red" dot>
          {t.state.attention}
        </ReadableBadge>
      ) : (
        !settled && (
          <ReadableBadge color="yellow" dot>
            {t.state.working}
          </ReadableBadge>
        )
      )}
      {warnings.length > 0 && (
        <ReadableBadge color="orange">{t.state.warnings(warnings.length)}</ReadableBadge>
      )}
    </Group>
  );
}
