import { Alert, Button, Text } from '@mantine/core';
import { IconWifiOff } from '@tabler/icons-react';
import { texts } from '../texts';

const t = texts.myKeys;

/** Nobody answers and there is nothing to show yet. */
export function Unreachable({ onRetry }: { onRetry?: () => void }) {
  return (
    <Alert
      color="yellow"
      variant="light"
      role="alert"
      title={t.unreachable.title}
      icon={<IconWifiOff aria-hidden />}
      styles={{ title: { color: 'var(--mantine-color-text)' } }}
    >
      <Text size="sm">{t.unreachable.text}</Text>
      {onRetry && (
        <Button mt="sm" variant="default" onClick={onRetry}>
          {t.retry}
        </Button>
      )}
    </Alert>
  );
}
