import { Alert, List, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheckFilled } from '@tabler/icons-react';
import { texts } from '../../../texts';
import { verdictOf, type DoorTest, type TestedDoor } from './door-verdict';

type Obstacle = TestedDoor['obstacles'][number];

const t = texts.doorMappings.test;

/**
 * A door or group as it is at Kisi: a green check, or what will make an unlock fail. A group of which
 * some doors open is reachable: those that will not are counted, and shown first.
 */
export function DoorTestResult({ test }: { test: DoorTest }) {
  const { resource, obstacles } = test;
  const { isBlocked, blocked, doors } = verdictOf(test);
  return (
    <Stack>
      <Alert
        role="status"
        color={isBlocked ? 'yellow' : 'green'}
        icon={isBlocked ? <IconAlertTriangle aria-hidden /> : <IconCircleCheckFilled aria-hidden />}
        title={isBlocked ? t.blocked(resource.name) : t.works(resource.name)}
      >
        {doors.length === 0 && <Text size="sm">{t.noDoors}</Text>}
        {resource.type === 'group' && blocked > 0 && (
          <Text size="sm">{t.blockedDoors(blocked, doors.length)}</Text>
        )}
        <Obstacles obstacles={obstacles} />
      </Alert>
      {resource.type === 'group' && doors.length > 0 && <Doors doors={doors} />}
    </Stack>
  );
}

function Doors({ doors }: { doors: readonly TestedDoor[] }) {
  return (
    <Table aria-label={t.doors}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{t.door}</Table.Th>
          <Table.Th scope="col">{t.state}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {doors.map(({ lockId, name, online, obstacles }) => (
          <Table.Tr key={lockId}>
            <Table.Td>{name}</Table.Td>
            <Table.Td>
              {online === null ? t.unknown : online ? t.online : t.offline}
              <Obstacles obstacles={obstacles} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** Why an unlock will fail, each with what to do. */
function Obstacles({ obstacles }: { obstacles: readonly Obstacle[] }) {
  if (obstacles.length === 0) return null;
  return (
    <List size="sm">
      {obstacles.map(({ code, detail, remedy }) => (
        <List.Item key={code}>
          {detail} {remedy}
        </List.Item>
      ))}
    </List>
  );
}
