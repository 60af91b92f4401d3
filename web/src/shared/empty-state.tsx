import { Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** What a list says when there is nothing yet: what it is for, and what to do. */
export function EmptyState({
  title,
  text,
  children,
}: {
  title: string;
  text: string;
  /** The button that begins it. */
  children?: ReactNode;
}) {
  return (
    <Stack align="center" gap="xs" maw={480} ta="center" py="xl">
      <Title order={3}>{title}</Title>
      <Text c="dimmed">{text}</Text>
      {children}
    </Stack>
  );
}
