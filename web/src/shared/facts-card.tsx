import { Button, Group, Paper, Title } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Facts } from './facts';

/** What a record is, with a button to change it where one may. */
export function FactsCard({
  title,
  facts,
  edit,
}: {
  title: string;
  facts: readonly (readonly [name: string, value: ReactNode])[];
  /** `null`: one may not. */
  edit: { label: string; onClick: () => void } | null;
}) {
  return (
    <Paper withBorder p="md" maw={720}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {title}
        </Title>
        {edit && (
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={edit.onClick}
          >
            {edit.label}
          </Button>
        )}
      </Group>
      <Facts facts={facts} />
    </Paper>
  );
}
