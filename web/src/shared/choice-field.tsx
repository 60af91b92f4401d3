import { Radio, Stack } from '@mantine/core';

/** One of a few ways, each with what it means. */
export function ChoiceField<Value extends string>({
  label,
  description,
  choices,
  value,
  onChange,
}: {
  label: string;
  description?: string | undefined;
  choices: readonly { value: Value; label: string; help: string }[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <Radio.Group label={label} description={description} value={value} onChange={onChange}>
      <Stack gap="xs" mt="xs">
        {choices.map((choice) => (
          <Radio
            key={choice.value}
            value={choice.value}
            label={choice.label}
            description={choice.help}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}
