import { Select, Stack, Text } from '@mantine/core';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { NO_SPACE } from './mapping-values';
import type { useLocationChoices, useSpaceChoices } from './place-choices';

const t = texts.doorMappings.form;

interface Props<Choices> {
  choices: Choices;
  value: string | null;
  error: string | undefined;
  onChange: (id: string | null) => void;
}

/** Where a door is. It cannot be chosen before it is known what serves which location. */
export function LocationSelect({
  choices: { choices, isKnown, error: trouble },
  value,
  error,
  isNew,
  mayClear,
  onChange,
}: Props<ReturnType<typeof useLocationChoices>> & { isNew: boolean; mayClear: boolean }) {
  return (
    <>
      <Select
        label={t.location}
        description={t.locationHelp}
        withAsterisk={isNew}
        clearable={mayClear}
        allowDeselect={false}
        searchable
        data-autofocus={isKnown || undefined}
        openOnFocus={false}
        disabled={!isKnown}
        data={choices.map((choice) => ({ ...choice, disabled: choice.obstacle !== undefined }))}
        value={value}
        error={error}
        placeholder={isKnown ? (isNew ? '' : t.unassign) : texts.common.loading}
        nothingFoundMessage={choices.length === 0 ? t.noLocations : t.noSuchLocation}
        clearButtonProps={{ 'aria-label': t.clear }}
        renderOption={({ option }) => {
          const obstacle = choices.find((choice) => choice.value === option.value)?.obstacle;
          return (
            <Stack gap={0}>
              <Text size="sm">{option.label}</Text>
              {obstacle && <Text size="xs">{t.locationObstacles[obstacle]}</Text>}
            </Stack>
          );
        }}
        onChange={onChange}
      />
      <ProblemAlert error={trouble} />
    </>
  );
}

/** The space that a lock protects, or none: which is not offered before the spaces are known. */
export function SpaceSelect({
  choices: { choices, isKnown, error: trouble },
  value,
  error,
  onChange,
}: Props<ReturnType<typeof useSpaceChoices>>) {
  return (
    <>
      <Select
        label={t.space}
        description={t.spaceHelp}
        withAsterisk
        searchable
        allowDeselect={false}
        disabled={!isKnown}
        placeholder={isKnown ? '' : texts.common.loading}
        data={isKnown ? [...choices, { value: NO_SPACE, label: t.noSpace }] : []}
        nothingFoundMessage={t.noSuchSpace}
        value={value}
        error={error}
        onChange={onChange}
      />
      <ProblemAlert error={trouble} />
    </>
  );
}
