import { Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';

/** One of the overview's parts, with how many things are in it. */
export function Section({
  title,
  text,
  count,
  children,
}: {
  title: string;
  text?: string;
  count?: number;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <Paper withBorder p="md" component="section" aria-labelledby={id}>
      <Stack gap="sm">
        <div>
          <Group gap="xs">
            <Title order={2} size="h4" id={id}>
              {title}
            </Title>
            {count !== undefined && count > 0 && <Badge color="red">{count}</Badge>}
          </Group>
          {text !== undefined && (
            <Text size="sm" c="dimmed">
              {text}
            </Text>
          )}
        </div>
        {children}
      </Stack>
    </Paper>
  );
}
