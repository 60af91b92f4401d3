import { Stack, Text } from '@mantine/core';
import { PlainLink } from '../../../shared/named';
import type { NamedGrant } from './queries';

/** Leads to the member's access records. */
export function MemberCell({ member }: NamedGrant) {
  return <PlainLink to={`/members/${member.id}/door-access`}>{member.name ?? member.id}</PlainLink>;
}

/** Leads to the door mapping, and says where it is. */
export function DoorCell({ door, location }: NamedGrant) {
  return (
    <Stack gap={0}>
      <PlainLink to={`/door-mappings/${door.doorMappingId}`}>{door.name}</PlainLink>
      {location && (
        <Text size="xs" c="dimmed">
          {location.name}
        </Text>
      )}
    </Stack>
  );
}
