import { Alert, Stack, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { DoorLink, MemberLink, PlainLink } from '../../../shared/named';
import { texts } from '../../../texts';
import type { Source, SourceKind } from './source';

const t = texts.bookings.detail;

/** Accepted, but somebody should look: what it is, and the way to where it is mended. */
export function SourceWarnings({ kind, source }: { kind: SourceKind; source: Source }) {
  return source.warnings.map(({ code, doorMappingId, memberId }) => (
    <Alert
      key={[code, doorMappingId, memberId].join()}
      color="orange"
      icon={<IconAlertTriangle aria-hidden />}
      title={t.warning[code]}
    >
      <Stack gap="xs" align="flex-start">
        {memberId !== null && <MemberLink id={memberId} />}
        {doorMappingId !== null && <DoorLink id={doorMappingId} />}
        <Text size="sm">
          {code === 'no_door' ? t.warningText.no_door[kind] : t.warningText[code]}
        </Text>
        {code === 'no_door' && 'planId' in source && source.planId && (
          <PlainLink to={`/plans/${source.planId}/door-access`}>{t.toPlan}</PlainLink>
        )}
        {code === 'no_door' && <PlainLink to="/door-mappings">{t.toDoors}</PlainLink>}
      </Stack>
    </Alert>
  ));
}
