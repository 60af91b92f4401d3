import { Dialog } from '../../../shared/dialog';
import { texts } from '../../../texts';
import type { Integration } from '../../../api/integrations';
import { SettingsForm } from './settings-form';

/** The configuration of a connection: its key, the test of it, and how it treats members. */
export function SettingsDialog({
  opened,
  onClose,
  integration,
  locationIds,
  onSaved,
}: {
  opened: boolean;
  onClose: () => void;
  /** `null`: one that is not saved yet. */
  integration: Integration | null;
  locationIds: readonly string[];
  onSaved: () => void;
}) {
  return (
    <Dialog title={texts.integrations.settingsDialog.title} opened={opened} onClose={onClose}>
      <SettingsForm
        integration={integration}
        locationIds={locationIds}
        onCancel={onClose}
        onSaved={() => {
          onSaved();
          onClose();
        }}
      />
    </Dialog>
  );
}
