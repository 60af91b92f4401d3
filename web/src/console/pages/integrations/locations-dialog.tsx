import { Button, Checkbox, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useLocations, type Location } from '../../../api/places';
import { Dialog } from '../../../shared/dialog';
import { EmptyState } from '../../../shared/empty-state';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { useIntegrations, type Integration } from '../../../api/integrations';

const t = texts.integrations.assignDialog;
const LIST_HEIGHT = 120;

interface Choice {
  /** `null`: one that is not saved yet. */
  integration: Integration | null;
  chosen: readonly string[];
  onSave: (locationIds: string[]) => void;
  isSaving?: boolean;
  error?: unknown;
}

/** Chooses the locations that a connection serves. One location is served by one connection. */
export function LocationsDialog({
  opened,
  onClose,
  onClosed,
  ...choice
}: Choice & { opened: boolean; onClose: () => void; onClosed?: () => void }) {
  return (
    <Dialog title={t.title} opened={opened} onClose={onClose} {...(onClosed && { onClosed })}>
      <LocationsForm {...choice} onCancel={onClose} />
    </Dialog>
  );
}

function LocationsForm({
  integration,
  chosen,
  onSave,
  isSaving = false,
  error,
  onCancel,
}: Choice & { onCancel: () => void }) {
  const { data: locations, error: trouble } = useLocations();
  const servedBy = useServedBy(integration);
  const [picked, setPicked] = useState([...chosen]);
  if (locations?.length === 0) return <EmptyState title={t.none} text={t.noneText} />;
  const isLeavingOut = chosen.some((id) => !picked.includes(id)) && integration !== null;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onSave(picked);
      }}
    >
      <Stack>
        <ProblemAlert error={error ?? trouble} />
        <Checkbox.Group
          label={texts.integrations.locations}
          description={t.text}
          value={picked}
          onChange={setPicked}
        >
          <Stack gap="sm" mt="sm">
            {locations === undefined && <Skeleton height={LIST_HEIGHT} />}
            {locations?.map((location) => (
              <LocationChoice
                key={location.id}
                location={location}
                servedBy={servedBy(location.id)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        {isLeavingOut && <Text size="sm">{t.leftOut}</Text>}
        <DialogButtons onCancel={onCancel} isBusy={isSaving}>
          <Button type="submit" loading={isSaving}>
            {t.save}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}

function LocationChoice({
  location: { id, name, timeZone },
  servedBy,
}: {
  location: Location;
  servedBy: string | null;
}) {
  return (
    <Checkbox
      value={id}
      label={name}
      description={servedBy === null ? timeZone : t.served(servedBy)}
      disabled={servedBy !== null}
    />
  );
}

/** Which other connection serves a location; `null`: none. */
function useServedBy(integration: Integration | null): (locationId: string) => string | null {
  const { data: integrations } = useIntegrations();
  return (locationId) =>
    integrations?.find(
      ({ id, active, locationIds }) =>
        active && id !== integration?.id && locationIds.includes(locationId),
    )?.organization.name ?? null;
}
