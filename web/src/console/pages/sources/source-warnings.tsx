import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { MemberLink, PlainLink } from '../../../shared/named';
import { texts } from '../../../texts';
import type { Source, SourceKind } from './source';

const t = texts.bookings.detail;

/** Accepted, but somebody should look: what it is, and the way to where it is mended. */
export function SourceWarnings({ kind, source }: { kind: SourceKind; source: Source }) {
  return source.warnings.map(({ code, message }) => (
    <Alert
      key={message}
      color="orange"
      icon={<IconAlertTriangle aria-hidden />}
      title={t.warning[code]}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{message}</Text>
        {code === 'no_door' && kind === 'membership' && 'planId' in source && source.planId && (
          <PlainLink to={`/plans/${source.planId}/door-access`}>{t.toPlan}</PlainLink>
        )}
        {(code === 'no_door' || code === 'door_inactive') && (
          <PlainLink to="/door-mappings">{t.toDoors}</PlainLink>
        )}
        {code === 'member_on_hold' &&
          source.memberIds
            .filter((id) => message.includes(id))
            .map((id) => <MemberLink key={id} id={id} />)}
      </Stack>
    </Alert>
  ));
}
