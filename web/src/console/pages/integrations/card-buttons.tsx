import { ActionIcon, Button } from '@mantine/core';
import { IconPlus, IconSettings } from '@tabler/icons-react';
import { texts } from '../../../texts';

const t = texts.integrations;

/** **+**: assigns a connection to locations. */
export function AssignButton({ onClick }: { onClick: () => void }) {
  return (
    <ActionIcon
      variant="default"
      size={36}
      aria-label={t.assign}
      title={t.assign}
      onClick={onClick}
    >
      <IconPlus size={18} />
    </ActionIcon>
  );
}

/** **Settings**: opens the configuration of a connection. */
export function SettingsButton({ onClick }: { onClick: () => void }) {
  return (
    <Button
      variant="default"
      leftSection={<IconSettings size={16} aria-hidden />}
      onClick={onClick}
    >
      {t.settings}
    </Button>
  );
}
