import { Anchor, List, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Health } from '../../../api/integrations';
import { texts } from '../../../texts';
import { Part } from './health-part';

const t = texts.integrations.page;

/** Mapped doors whose settings at Kisi make an unlock fail, each with the remedy. */
export function BlockedDoors({ doors }: { doors: Health['doorsThatWillNotUnlock']['sample'] }) {
  if (doors.length === 0) return null;
  return (
    <Part title={t.doors}>
      <Text size="sm">{t.doorsText}</Text>
      <List size="sm" spacing="xs">
        {doors.map(({ type, resourceId, name, doorMappingIds, obstacles }) => (
          <List.Item key={`${type} ${String(resourceId)}`}>
            <Anchor
              component={Link}
              to={`/door-mappings/${doorMappingIds[0] ?? ''}`}
              size="sm"
              underline="always"
            >
              {name}
            </Anchor>
            {obstacles.map(({ code, detail, remedy }) => (
              <Text size="sm" key={code}>
                {detail} {remedy}
              </Text>
            ))}
          </List.Item>
        ))}
      </List>
    </Part>
  );
}
