import { Alert, List, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheckFilled } from '@tabler/icons-react';
import type { Of } from '../../../api/client';
import { texts } from '../../../texts';

type DoorTest = Of<'DoorTest'>;
type Door = DoorTest['doors'][number];
type Obstacle = Door['obstacles'][number];

const t = texts.doorMappings.test;

/** A door or group as it is at Kisi: a green check, or what will make an unlock fail. */
export function DoorTestResult({ test }: { test: DoorTest }) {
  const { resource, unlockable, obstacles, doors } = test;
  return (
    <Stack>
      <Alert
        role="status"
        color={unlockable ? 'green' : 'yellow'}
        icon={
          unlockable ? <IconCircleCheckFilled aria-hidden /> : <IconAlertTriangle aria-hidden />
        }
        title={unlockable ? t.works(resource.name) : t.blocked(resource.name)}
      >
        {doors.length === 0 && <Text size="sm">{t.noDoors}</Text>}
        <Obstacles obstacles={obstacles} />
      </Alert>
      {resource.type === 'group' && doors.length > 0 && <Doors doors={doors} />}
    </Stack>
  );
}

function Doors({ doors }: { doors: readonly Door[] }) {
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
