import { Button, Checkbox, MultiSelect, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useLocations } from '../../../api/places';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import type { KeyChoice } from './queries';

const t = texts.apiKeys;
const SCOPES = ['booking', 'operator', 'admin'] as const;

/** Asks what a key is called and what it may do. */
export function KeyForm({
  initial,
  submit,
  isSending,
  error,
  onSubmit,
  onCancel,
}: {
  initial: KeyChoice;
  /** The words of the button. */
  submit: string;
  isSending: boolean;
  error: unknown;
  onSubmit: (choice: KeyChoice) => void;
  onCancel: () => void;
}) {
  const { data: locations = [] } = useLocations();
  const form = useForm({
    // None chosen stands for every location, as people read an empty field.
    initialValues: { ...initial, locationIds: initial.locationIds ?? [] },
    validate: {
      name: (name) => (name.trim() === '' ? t.form.nameMissing : null),
      scopes: (scopes) => (scopes.length === 0 ? t.form.scopesMissing : null),
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ name, scopes, locationIds }) => {
        onSubmit({
          name: name.trim(),
          scopes,
          locationIds: locationIds.length === 0 ? null : locationIds,
        });
      })}
    >
      <Stack>
        <ProblemAlert error={error} />
        <TextInput
          label={t.form.name}
          description={t.form.nameHelp}
          required
          maxLength={200}
          data-autofocus
          {...form.getInputProps('name')}
        />
        <Checkbox.Group
          label={t.form.scopes}
          description={t.form.scopesHelp}
          required
          {...form.getInputProps('scopes')}
        >
          <Stack gap="sm" mt="xs">
            {SCOPES.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={t.scopes[scope].name}
                description={t.scopes[scope].text}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <MultiSelect
          label={t.form.locations}
          description={t.form.locationsHelp}
          placeholder={form.values.locationIds.length === 0 ? t.everyLocation : undefined}
          searchable
          clearable
          data={locations.map(({ id, name }) => ({ value: id, label: name }))}
          {...form.getInputProps('locationIds')}
        />
        <DialogButtons onCancel={onCancel} isBusy={isSending}>
          <Button type="submit" loading={isSending}>
            {submit}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}
