import { Button, CopyButton, Group, TextInput } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { texts } from '../texts';

/** Something that is shown once, to be taken elsewhere: a field to read it, a button to copy it. */
export function CopyField({
  label,
  description,
  value,
  copyLabel,
}: {
  label: string;
  description?: string;
  value: string;
  /** Names the button where `Copy` alone does not say enough. */
  copyLabel?: string;
}) {
  // A browser has no clipboard on plain http; what is in the field can be marked and copied.
  const canCopy = 'clipboard' in navigator;
  return (
    <Group align="flex-end" wrap="nowrap">
      <TextInput
        label={label}
        description={description}
        value={value}
        readOnly
        flex={1}
        data-autofocus={!canCopy || undefined}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        onFocus={({ currentTarget }) => {
          currentTarget.select();
        }}
      />
      {canCopy && (
        <CopyButton value={value}>
          {({ copied, copy }) => (
            <Button
              aria-label={copyLabel}
              leftSection={
                copied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />
              }
              onClick={copy}
              data-autofocus
            >
              <span aria-live="polite">{copied ? texts.common.copied : texts.common.copy}</span>
            </Button>
          )}
        </CopyButton>
      )}
    </Group>
  );
}
