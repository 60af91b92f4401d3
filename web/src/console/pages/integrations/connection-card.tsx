import { Button, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { Link } from 'react-router';
import { answer, api } from '../../../api/client';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { AssignButton, SettingsButton } from './card-buttons';
import { HealthSummary } from './health-summary';
import { KisiCard } from './kisi-card';
import { LocationLine } from './location-line';
import { LocationsDialog } from './locations-dialog';
import { useHealth, useRefreshIntegrations, type Integration } from '../../../api/integrations';
import { RemovalState } from './removal-state';
import { isRemoving } from './removing';
import { RemoveDialog } from './remove-dialog';
import { SettingsDialog } from './settings-dialog';
import { StateBadge } from './state-badge';

const t = texts.integrations;

/** One connection to a Kisi organization: where it serves, how it is doing, and what can be done. */
export function ConnectionCard({ integration }: { integration: Integration }) {
  const { id, organization, apiKeyHint, active, locationIds } = integration;
  const isGoing = isRemoving(integration);
  const { data: health } = useHealth(id);
  const mayChange = useMayEverywhere('admin');
  const [isAssigning, assigning] = useDisclosure();
  const [isSetting, setting] = useDisclosure();
  const [isReplacing, replacing] = useDisclosure();
  const [isAskingRemoval, removal] = useDisclosure();
  const assign = useAssign(id, assigning.close);
  return (
    <KisiCard
      text={organization.name}
      label={t.cardOf(organization.name)}
      badge={<StateBadge integration={integration} />}
      details={
        <Stack gap="sm">
          <LocationLine ids={locationIds} />
          {active && (
            <Text size="sm">{apiKeyHint === null ? t.keyUnreadable : t.key(apiKeyHint)}</Text>
          )}
          {active ? (
            <HealthSummary integration={integration} />
          ) : (
            <RemovalState integration={integration} />
          )}
          <LocationsDialog
            opened={isAssigning}
            onClose={assigning.close}
            onClosed={assign.reset}
            integration={integration}
            chosen={locationIds}
            isSaving={assign.isPending}
            error={assign.error}
            onSave={(ids) => {
              assign.mutate(ids);
            }}
          />
          <SettingsDialog
            opened={isSetting}
            onClose={setting.close}
            purpose={active ? 'change' : 'connect'}
            integration={integration}
            locationIds={locationIds}
            onSaved={setting.close}
          />
          <SettingsDialog
            opened={isReplacing}
            onClose={replacing.close}
            purpose="replaceKey"
            integration={integration}
            locationIds={locationIds}
            onSaved={replacing.close}
          />
          <RemoveDialog
            integration={integration}
            opened={isAskingRemoval}
            onClose={removal.close}
          />
        </Stack>
      }
    >
      {active && mayChange && <AssignButton onClick={assigning.open} />}
      {active && mayChange && <SettingsButton onClick={setting.open} />}
      {isGoing && mayChange && (
        <Button variant="default" onClick={replacing.open}>
          {t.replaceKey}
        </Button>
      )}
      {(active || isGoing) && health !== null && (
        <Button variant="default" component={Link} to={`/settings/integrations/${id}`}>
          {t.health}
        </Button>
      )}
      {active && mayChange && (
        <Button variant="subtle" color="red" onClick={removal.open}>
          {t.remove}
        </Button>
      )}
      {!active && mayChange && (
        <Button variant={isGoing ? 'subtle' : 'default'} onClick={setting.open}>
          {isGoing ? t.reconnectInstead : t.reconnect}
        </Button>
      )}
    </KisiCard>
  );
}

function useAssign(id: string, onSaved: () => void) {
  const refresh = useRefreshIntegrations();
  return useMutation({
    mutationFn: (locationIds: string[]) =>
      answer(
        api.PATCH('/v1/integrations/{id}', { params: { path: { id } }, body: { locationIds } }),
      ),
    onSuccess: () => {
      notifications.show({ color: 'green', message: t.assignDialog.saved });
      onSaved();
      void refresh();
    },
  });
}
