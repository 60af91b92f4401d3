import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheckFilled, IconInfoCircle } from '@tabler/icons-react';
import type { Job } from '../../../api/jobs';
import { texts } from '../../../texts';

const t = texts.doorMappings.sync;

type Counted = 'created' | 'renamed' | 'vanished' | 'returned' | 'unchanged';
const COUNTED: readonly Counted[] = ['created', 'renamed', 'vanished', 'returned', 'unchanged'];

/** What came of a sync in numbers, and the next step. */
export function SyncResult({
  result,
  organization,
  onClose,
  onShowUnassigned,
  onIncludeDeleted,
}: {
  result: Job['result'];
  organization: string;
  onClose: () => void;
  onShowUnassigned: () => void;
  onIncludeDeleted: () => void;
}) {
  const count = (name: string): number => {
    const value = result?.[name];
    return typeof value === 'number' ? value : 0;
  };
  const lacking = result?.missingRights;
  const missingRights = Array.isArray(lacking) ? lacking.join(', ') : '';
  const isNothing = count('locks') + count('groups') === 0;
  return (
    <Alert
      role="status"
      color={isNothing || missingRights !== '' ? 'yellow' : 'green'}
      icon={isNothing ? <IconInfoCircle aria-hidden /> : <IconCircleCheckFilled aria-hidden />}
      title={isNothing ? t.nothing : t.done(organization)}
      withCloseButton
      closeButtonLabel={t.dismiss}
      onClose={onClose}
    >
      <Stack gap="xs">
        {isNothing && <Text size="sm">{t.nothingText}</Text>}
        {!isNothing && (
          <Text size="sm">
            {[
              t.read(count('locks'), count('groups')),
              ...COUNTED.filter((name) => count(name) > 0).map((name) => t[name](count(name))),
            ].join(' ')}
          </Text>
        )}
        {!isNothing && missingRights !== '' && (
          <Text size="sm">{t.missingRights(missingRights)}</Text>
        )}
        {count('created') > 0 && (
          <Group gap="sm">
            <Text size="sm">{t.assign}</Text>
            <Button size="compact-sm" variant="default" onClick={onShowUnassigned}>
              {t.showUnassigned}
            </Button>
          </Group>
        )}
        {count('left') > 0 && (
          <Group gap="sm">
            <Text size="sm">{t.left(count('left'))}</Text>
            <Button size="compact-sm" variant="default" onClick={onIncludeDeleted}>
              {t.includeDeleted}
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
