import { Select } from '@mantine/core';
import { texts } from '../../../texts';

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
