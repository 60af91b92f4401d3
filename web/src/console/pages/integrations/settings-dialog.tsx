import { Dialog } from '../../../shared/dialog';
import { texts } from '../../../texts';
import type { Integration } from '../../../api/integrations';
import type { Purpose } from './settings';
import { SettingsForm } from './settings-form';

const t = texts.integrations;

/** The configuration of a connection: its key, the test of it, and how it treats members. */
export function SettingsDialog({
  opened,
  onClose,
  purpose,
  integration,
  locationIds,
  onSaved,
}: {
  opened: boolean;
  onClose: () => void;
  purpose: Purpose;
  /** `null`: one that is not saved yet. */
  integration: Integration | null;
  locationIds: readonly string[];
  onSaved: () => void;
}) {
  return (
    <Dialog
      title={purpose === 'replaceKey' ? t.replaceKey : t.settingsDialog.title}
      opened={opened}
      onClose={onClose}
    >
      <SettingsForm
        purpose={purpose}
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
