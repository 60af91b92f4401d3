import { Select } from '@mantine/core';
import { texts } from '../../../texts';

/** The values that have labels, to choose from. */
export function choicesOf<Value extends string>(
  labels: Readonly<Record<Value, string>>,
): { value: Value; label: string }[] {
  return (Object.entries(labels) as [Value, string][]).map(([value, label]) => ({ value, label }));
}

/** A filter of a list by one of few values; long lists can be searched by typing. */
export function ChoiceFilter({
  label,
  choices,
  value = null,
  onChange,
}: {
  label: string;
  choices: { value: string; label: string }[];
  value: string | null | undefined;
  onChange: (value: string | null) => void;
}) {
  return (
    <Select
      label={label}
      placeholder={texts.common.all}
      searchable
      clearable
      data={choices}
      value={value}
      onChange={onChange}
    />
  );
}
