import { Button, Stack } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ReadableBadge } from '../../../shared/badges';
import { texts } from '../../../texts';
import { AssignButton, SettingsButton } from './card-buttons';
import { KisiCard } from './kisi-card';
import { LocationLine } from './location-line';
import { LocationsDialog } from './locations-dialog';
import type { Draft } from './draft';
import { SettingsDialog } from './settings-dialog';

const t = texts.integrations;

/** A connection that was added and is not saved yet: nothing of it is sent before **Save**. */
export function DraftCard({
  draft,
  onChange,
}: {
  draft: Draft;
  onChange: (draft: Draft | null) => void;
}) {
  const [isAssigning, assigning] = useDisclosure();
  const [isSetting, setting] = useDisclosure();
  return (
    <KisiCard
      text={t.draftSteps}
      label={t.cardOf(t.state.draft)}
      badge={<ReadableBadge color="gray">{t.state.draft}</ReadableBadge>}
      details={
        <Stack gap="xs">
          <LocationLine ids={draft.locationIds} />
          <LocationsDialog
            opened={isAssigning}
            onClose={assigning.close}
            integration={null}
            chosen={draft.locationIds}
            onSave={(locationIds) => {
              onChange({ locationIds });
              assigning.close();
            }}
          />
          <SettingsDialog
            opened={isSetting}
            onClose={setting.close}
            purpose="connect"
            integration={null}
            locationIds={draft.locationIds}
            onSaved={() => {
              onChange(null);
            }}
          />
        </Stack>
      }
    >
      <AssignButton onClick={assigning.open} />
      <SettingsButton onClick={setting.open} />
      <Button
        variant="subtle"
        color="red"
        onClick={() => {
          onChange(null);
        }}
      >
        {t.discard}
      </Button>
    </KisiCard>
  );
}
