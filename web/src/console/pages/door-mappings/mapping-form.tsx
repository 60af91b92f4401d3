import { Button, Stack, Text, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Of } from '../../../api/client';
import { AccessEffect } from '../../../shared/access-effect';
import { ChoiceField } from '../../../shared/choice-field';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useState } from 'react';
import { useMayEverywhere } from '../../session';
import { faultsOf, valuesOf, type Values } from './mapping-values';
import type { DoorMapping } from './mappings';
import { useLocationChoices, useSpaceChoices } from './place-choices';
import { LocationSelect, SpaceSelect } from './place-fields';
import { ResourceSelect } from './resource-select';
import { useSaveMapping } from './use-save-mapping';
import { useZone } from './use-zone';

const t = texts.doorMappings.form;

export function MappingForm({
  mapping: current,
  onClose,
}: {
  mapping: DoorMapping | null;
  onClose: () => void;
}) {
  // As it was when the form opened: what others change meanwhile is not what was touched here.
  const [mapping] = useState(current);
  const isNew = mapping === null;
  // Another door at Kisi may be anywhere: who is limited to locations can point to none.
  const mayMove = useMayEverywhere('admin');
  const form = useForm<Values>({
    initialValues: valuesOf(mapping),
    validate: (values) => faultsOf(values, isNew),
  });
  const { locationId, resourceType, resourceId } = form.values;
  const [nameAtKisi, setNameAtKisi] = useState(mapping?.resourceName ?? '');
  const locations = useLocationChoices(mapping?.integrationId ?? null);
  const integrationId = mapping?.integrationId ?? locations.integrationOf(locationId);
  const spaces = useSpaceChoices(locationId);
  const zone = useZone(locationId ?? mapping?.locationId ?? null);
  // Kept while it is confirmed, and when that fails.
  const [effect, setEffect] = useState<Of<'AccessEffect'> | null>(null);
  const save = useSaveMapping(onClose, setEffect);

  const pickResource = (id: string | null, name: string | null) => {
    // A name that somebody has chosen stays.
    const isFilledIn = form.values.name === '' || form.values.name === nameAtKisi;
    setNameAtKisi(name ?? '');
    form.setValues({ resourceId: id, ...(isFilledIn && { name: name ?? '' }) });
    form.clearFieldError('name');
  };
  const wanted = {
    mapping,
    integrationId: integrationId ?? '',
    values: form.values,
    nameAtKisi,
  };

  if (effect !== null) {
    return (
      <Stack>
        <Title order={3} size="h5">
          {t.touched}
        </Title>
        <Text size="sm">{t.touchedText}</Text>
        <AccessEffect effect={effect} zone={zone} />
        <ProblemAlert error={save.error} />
        <DialogButtons
          cancel={t.back}
          isBusy={save.isPending}
          onCancel={() => {
            setEffect(null);
            save.reset();
          }}
        >
          <Button
            loading={save.isPending}
            onClick={() => {
              save.confirm(wanted);
            }}
          >
            {t.confirm}
          </Button>
        </DialogButtons>
      </Stack>
    );
  }
  return (
    <form
      onSubmit={form.onSubmit(() => {
        save.save(wanted);
      })}
    >
      <Stack>
        <LocationSelect
          choices={locations}
          value={locationId}
          error={form.errors.locationId as string | undefined}
          isNew={isNew}
          mayClear={!isNew && mayMove}
          onChange={(id) => {
            form.setFieldValue('locationId', id);
            form.setFieldValue('spaceId', null);
            if (isNew && locations.integrationOf(id) !== integrationId) pickResource(null, null);
          }}
        />
        {mayMove && (
          <ChoiceField
            label={t.type}
            value={resourceType}
            choices={[
              { value: 'lock', label: texts.doorMappings.type.lock, help: t.lockHelp },
              { value: 'group', label: texts.doorMappings.type.group, help: t.groupHelp },
            ]}
            onChange={(type) => {
              form.setFieldValue('resourceType', type);
              pickResource(null, null);
            }}
          />
        )}
        {resourceType === 'lock' && locationId !== null && (
          <SpaceSelect
            choices={spaces}
            value={form.values.spaceId}
            error={form.errors.spaceId as string | undefined}
            onChange={(id) => {
              form.setFieldValue('spaceId', id);
            }}
          />
        )}
        {mayMove ? (
          <ResourceSelect
            integrationId={integrationId}
            type={resourceType}
            mapping={mapping}
            value={resourceId}
            error={form.errors.resourceId as string | undefined}
            onPick={pickResource}
          />
        ) : (
          <Text size="sm">
            {t.locked(texts.doorMappings.type[resourceType], mapping?.resourceName ?? '')}
          </Text>
        )}
        <TextInput
          label={t.name}
          description={t.nameHelp}
          withAsterisk
          maxLength={200}
          {...form.getInputProps('name')}
        />
        <ProblemAlert error={save.error} />
        <DialogButtons onCancel={onClose} isBusy={save.isPending}>
          <Button type="submit" loading={save.isPending}>
            {t.save}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}
