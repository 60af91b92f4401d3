import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { CopyField } from '../../../shared/copy-field';
import { texts } from '../../../texts';
import type { NewApiKey } from './queries';

const t = texts.apiKeys.secret;

/** The secret of a new key, to be copied before the dialog is closed. */
export function SecretOnce({ made, onDone }: { made: NewApiKey; onDone: () => void }) {
  const { name, secret } = made;
  return (
    <Stack>
      <Text>{t.text}</Text>
      <CopyField label={t.label(name)} value={secret} copyLabel={t.copy} />
      <Text size="sm">
        {t.use} <Code>{'Authorization: Bearer <key>'}</Code>
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t.done}
        </Button>
      </Group>
    </Stack>
  );
}
