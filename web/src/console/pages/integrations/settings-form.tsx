import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlugConnected } from '@tabler/icons-react';
import { useLocations } from '../../../api/places';
import { GuideLink } from '../../../shared/guide-link';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { ChoiceField } from '../../../shared/choice-field';
import type { Integration } from '../../../api/integrations';
import { useSaveSettings, useTestConnection, type Settings } from './settings';
import { TestResult } from './test-result';

const t = texts.integrations.settingsDialog;

export function SettingsForm({
  integration,
  locationIds,
  onCancel,
  onSaved,
}: {
  /** `null`: one that is not saved yet. A removed one is connected again. */
  integration: Integration | null;
  locationIds: readonly string[];
  onCancel: () => void;
  onSaved: () => void;
}) {
  const isNew = integration?.active !== true;
  const test = useTestConnection(isNew ? null : integration.id);
  const save = useSaveSettings({ integration, isNew, locationIds, onSaved });
  const form = useForm<Settings>({
    initialValues: {
      apiKey: '',
      memberMode: integration?.memberMode ?? 'managed',
      deletionInKisi: integration?.deletionInKisi ?? 'repair',
    },
    validate: { apiKey: (key) => (isNew && key.trim() === '' ? t.keyMissing : null) },
    onValuesChange: (values, before) => {
      // What was found out about another key says nothing about this one.
      if (values.apiKey !== before.apiKey) test.reset();
    },
  });
  return (
    <form
      onSubmit={form.onSubmit((settings) => {
        save.mutate(settings);
      })}
    >
      <Stack>
        {isNew && <ServesLine ids={locationIds} />}
        <PasswordInput
          label={t.key}
          description={isNew ? t.keyHelp : t.keyKept(integration.apiKeyHint ?? '…')}
          autoComplete="off"
          data-autofocus
          withAsterisk={isNew}
          {...form.getInputProps('apiKey')}
        />
        <Group gap="sm">
          <Button
            variant="default"
            leftSection={<IconPlugConnected size={16} aria-hidden />}
            loading={test.isPending}
            onClick={() => {
              if (!form.validateField('apiKey').hasError) test.mutate(form.values.apiKey);
            }}
          >
            {t.test}
          </Button>
          <GuideLink section="prerequisites" newTab />
        </Group>
        {test.data && <TestResult test={test.data} />}
        <ProblemAlert error={test.error} />
        <ChoiceField
          label={t.memberMode}
          description={isNew ? undefined : t.modeStays}
          choices={[
            { value: 'managed', label: t.managed, help: t.managedHelp },
            { value: 'invited', label: t.invited, help: t.invitedHelp },
          ]}
          value={form.values.memberMode}
          onChange={(memberMode) => {
            form.setFieldValue('memberMode', memberMode);
          }}
        />
        {!isNew && (
          <ChoiceField
            label={t.deletion}
            choices={[
              { value: 'repair', label: t.repair, help: t.repairHelp },
              { value: 'revoke', label: t.revoke, help: t.revokeHelp },
            ]}
            value={form.values.deletionInKisi}
            onChange={(deletionInKisi) => {
              form.setFieldValue('deletionInKisi', deletionInKisi);
            }}
          />
        )}
        <ProblemAlert error={save.error} />
        <DialogButtons onCancel={onCancel} isBusy={save.isPending}>
          <Button type="submit" loading={save.isPending}>
            {t.save}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}

/** Says what will be saved beside the key. */
function ServesLine({ ids }: { ids: readonly string[] }) {
  const { data: locations } = useLocations();
  if (ids.length === 0) return <Alert color="yellow">{t.noLocation}</Alert>;
  const names = ids.map((id) => locations?.find((location) => location.id === id)?.name ?? id);
  return <Text size="sm">{t.willServe(names.join(', '))}</Text>;
}
