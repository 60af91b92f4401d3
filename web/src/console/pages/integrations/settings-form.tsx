import { Alert, Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlugConnected } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocations } from '../../../api/places';
import { GuideLink } from '../../../shared/guide-link';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { ChoiceField } from '../../../shared/choice-field';
import type { Integration } from '../../../api/integrations';
import { useSaveSettings, useTestConnection, type Purpose, type Settings } from './settings';
import { TestResult } from './test-result';

const t = texts.integrations.settingsDialog;

export function SettingsForm({
  purpose: asked,
  integration: current,
  locationIds,
  onCancel,
  onSaved,
}: {
  purpose: Purpose;
  /** `null`: one that is not saved yet. A removed one is connected again. */
  integration: Integration | null;
  locationIds: readonly string[];
  onCancel: () => void;
  onSaved: () => void;
}) {
  // As it was when the form opened: what others change meanwhile is not what was touched here.
  const [{ integration, purpose }] = useState({ integration: current, purpose: asked });
  const isNew = purpose === 'connect';
  const isKeyNeeded = purpose !== 'change';
  const test = useTestConnection(isKeyNeeded ? null : (integration?.id ?? null));
  const save = useSaveSettings({ integration, purpose, locationIds, onSaved });
  const form = useForm<Settings>({
    initialValues: {
      apiKey: '',
      memberMode: integration?.memberMode ?? 'managed',
      deletionInKisi: integration?.deletionInKisi ?? 'repair',
    },
    validate: { apiKey: (key) => (isKeyNeeded && key.trim() === '' ? t.keyMissing : null) },
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
        {isNew && integration !== null && <Text size="sm">{t.comesBack}</Text>}
        <PasswordInput
          label={t.key}
          description={keyHelp(purpose, integration)}
          autoComplete="off"
          data-autofocus
          withAsterisk={isKeyNeeded}
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
        {test.data && <TestResult test={test.data} integration={integration} />}
        <ProblemAlert error={test.error} />
        {purpose !== 'replaceKey' && (
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
        )}
        {purpose === 'change' && (
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

function keyHelp(purpose: Purpose, integration: Integration | null): string {
  if (purpose === 'connect') return t.keyHelp;
  return purpose === 'replaceKey' ? t.keyReplaced : t.keyKept(integration?.apiKeyHint ?? '…');
}

/** Says what will be saved beside the key. */
function ServesLine({ ids }: { ids: readonly string[] }) {
  const { data: locations } = useLocations();
  if (ids.length === 0) return <Alert color="yellow">{t.noLocation}</Alert>;
  const names = ids.map((id) => locations?.find((location) => location.id === id)?.name ?? id);
  return <Text size="sm">{t.willServe(names.join(', '))}</Text>;
}
