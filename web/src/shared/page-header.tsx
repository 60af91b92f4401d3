import { Group, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { texts } from '../texts';

/** The top of a page: its name, what it is for, and what can be done on it. */
export function PageHeader({
  title,
  text,
  children,
}: {
  title: string;
  text?: ReactNode;
  /** Buttons. */
  children?: ReactNode;
}) {
  useDocumentTitle(`${title} · ${texts.shell.product}`);
  return (
    <Group justify="space-between" align="flex-start" mb="lg">
      <Stack gap={4} maw={720} flex="1 1 300px">
        {/* An id is one long word. */}
        <Title order={1} size="h2" style={{ overflowWrap: 'anywhere' }}>
          {title}
        </Title>
        {text !== undefined && <Text c="dimmed">{text}</Text>}
      </Stack>
      {children !== undefined && <Group gap="sm">{children}</Group>}
    </Group>
  );
}
