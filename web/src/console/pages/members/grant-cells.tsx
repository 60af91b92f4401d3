import { Anchor, Group, Skeleton, Stack, Text } from '@mantine/core';
import { IconDoor, IconFolders } from '@tabler/icons-react';
import { Link } from 'react-router';
import type { Door } from '../../../api/doors';
import { ProvisioningBadge, SourceBadge, StatusBadge } from '../../../shared/badges';
import { DeletedDoorLink, useMemberName } from '../../../shared/named';
import { ProblemText } from '../../../shared/problem-text';
import { showWindow } from '../../../shared/time';
import { texts } from '../../../texts';
import type { Grant } from './grants';

const t = texts.members.access;

/** The door's friendly name and place; leads to its mapping. */
export function DoorCell({ door }: { door: Door | undefined }) {
  if (door === undefined) return <Skeleton height={40} />;
  const { id, name, mapping, location } = door;
  if (mapping === null) {
    return (
      <Text size="sm">
        <DeletedDoorLink id={id} /> ({texts.doors.deleted})
      </Text>
    );
  }
  const DoorIcon = mapping.resourceType === 'lock' ? IconDoor : IconFolders;
  return (
    <Group gap="xs" wrap="nowrap" align="flex-start">
      <DoorIcon
        size={18}
        style={{ flex: 'none' }}
        aria-label={texts.doors.select.type[mapping.resourceType]}
      />
      <Stack gap={0}>
        <Anchor component={Link} to={`/door-mappings/${id}`} size="sm" fw={600}>
          {name}
        </Anchor>
        <Text size="xs">{location?.name ?? texts.doors.select.noLocation}</Text>
      </Stack>
    </Group>
  );
}

/** Whose the grant is, for a dialog that names the door alone. */
export function Whose({ grant: { memberId } }: { grant: Grant }) {
  const name = useMemberName(memberId);
  if (name === undefined) return <Skeleton height={20} />;
  return <Text>{t.whose(name ?? memberId)}</Text>;
}

/** Why the grant exists; leads to its booking or membership. */
export function SourceCell({ grant: { source, sourceId } }: { grant: Grant }) {
  return (
    <Stack gap={2} align="flex-start">
      <SourceBadge source={source} />
      {sourceId !== null && (
        <Anchor
          component={Link}
          to={`/${source === 'plan' ? 'memberships' : 'bookings'}/${sourceId}`}
          size="xs"
        >
          {sourceId}
        </Anchor>
      )}
    </Stack>
  );
}

/** Active, Scheduled, Revoked or Expired, and what revoked it. */
export function StatusCell({ grant: { status, stops, reason } }: { grant: Grant }) {
  return (
    <Stack gap={2} align="flex-start">
      <StatusBadge status={status} />
      {status === 'revoked' && (
        <Text size="xs">
          {stops.map((stop) => t.stops[stop]).join(', ')}
          {reason !== null && `: ${reason}`}
        </Text>
      )}
    </Stack>
  );
}

/** From when until when, in the zone of the door. */
export function WindowCell({ grant, door }: { grant: Grant; door: Door | undefined }) {
  if (door === undefined) return <Skeleton height={20} miw={180} />;
  return (
    <Text size="sm" miw={180}>
      {showWindow(grant.startsAt, grant.endsAt, door.zone)}
    </Text>
  );
}

/** What of the grant has reached Kisi; its trouble with what to do about it. */
export function KisiCell({ grant: { provisioning, problem } }: { grant: Grant }) {
  return (
    <Stack gap={4} align="flex-start" aria-live="polite">
      <ProvisioningBadge provisioning={provisioning} />
      {problem && <ProblemText problem={problem} size="xs" maw={320} />}
    </Stack>
  );
}
