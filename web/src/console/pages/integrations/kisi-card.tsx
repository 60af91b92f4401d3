import { Group, Paper, Stack, Text, ThemeIcon, Title } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { texts } from '../../../texts';

/** The frame of everything that is Kisi Access Control: its name, a line about it, and its buttons. */
export function KisiCard({
  text,
  label = texts.integrations.kisi.name,
  badge,
  children,
  details,
}: {
  text: ReactNode;
  /** Tells one connection from another, for screen readers. */
  label?: string;
  badge?: ReactNode;
  /** Buttons. */
  children: ReactNode;
  /** Below the name, over the whole width. */
  details?: ReactNode;
}) {
  return (
    <Paper component="section" aria-label={label} withBorder p="lg">
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="md">
          <Group gap="md" wrap="nowrap" align="flex-start" flex="1 1 260px">
            <ThemeIcon size={44} variant="light" aria-hidden>
              <IconLock size={26} />
            </ThemeIcon>
            <Stack gap={2}>
              <Group gap="xs">
                <Title order={3} size="h5">
                  {texts.integrations.kisi.name}
                </Title>
                {badge}
              </Group>
              <Text size="sm">{text}</Text>
            </Stack>
          </Group>
          <Group gap="xs">{children}</Group>
        </Group>
        {details}
      </Stack>
    </Paper>
  );
}
