import { notifications } from '@mantine/notifications';
import { answer, api } from '../../../api/client';
import { usePost, type IdempotencyHeader } from '../../../api/repeatable';
import { texts } from '../../../texts';
import { useRefreshIntegrations, type Integration } from '../../../api/integrations';

const t = texts.integrations.settingsDialog;

/** What the configuration of a connection holds. */
export interface Settings {
  /** Empty: the stored one. */
  apiKey: string;
  memberMode: Integration['memberMode'];
  deletionInKisi: Integration['deletionInKisi'];
}

/** `replaceKey`: of one that is being removed, which cannot be changed otherwise. */
export type Purpose = 'connect' | 'change' | 'replaceKey';

/** Tests the key that was pasted, or the stored one of a connection where none was. */
export function useTestConnection(id: string | null) {
  const refresh = useRefreshIntegrations();
  return usePost(
    (pasted: string, header) => {
      const apiKey = pasted.trim();
      if (apiKey !== '' || id === null) {
        return answer(api.POST('/v1/integrations/test', { params: { header }, body: { apiKey } }));
      }
      return answer(api.POST('/v1/integrations/{id}/test', { params: { header, path: { id } } }));
    },
    { onSuccess: () => void refresh() },
  );
}

/** Connects what is new or was removed; changes what is connected, or is being removed. */
export function useSaveSettings({
  integration,
  purpose,
  locationIds,
  onSaved,
}: {
  integration: Integration | null;
  purpose: Purpose;
  locationIds: readonly string[];
  onSaved: () => void;
}) {
  const refresh = useRefreshIntegrations();
  return usePost(
    (settings: Settings, header) =>
      purpose === 'connect' || integration === null
        ? connect(settings, locationIds, header)
        : change(integration, settings),
    {
      onSuccess: (message) => {
        notifications.show({ color: 'green', message });
        onSaved();
        void refresh();
      },
    },
  );
}

async function connect(
  { apiKey, memberMode }: Settings,
  locationIds: readonly string[],
  header: IdempotencyHeader,
): Promise<string> {
  const { organization } = await answer(
    api.POST('/v1/integrations', {
      params: { header },
      body: { provider: 'kisi', apiKey: apiKey.trim(), locationIds: [...locationIds], memberMode },
    }),
  );
  return t.connected(organization.name);
}

async function change(before: Integration, settings: Settings): Promise<string> {
  const apiKey = settings.apiKey.trim();
  const { memberMode, deletionInKisi } = settings;
  const body = {
    ...(apiKey !== '' && { apiKey }),
    ...(memberMode !== before.memberMode && { memberMode }),
    ...(deletionInKisi !== before.deletionInKisi && { deletionInKisi }),
  };
  if (Object.keys(body).length === 0) return t.saved;
  const { madeOtherwise } = await answer(
    api.PATCH('/v1/integrations/{id}', { params: { path: { id: before.id } }, body }),
  );
  return madeOtherwise && madeOtherwise.count > 0 ? t.madeOtherwise(madeOtherwise.count) : t.saved;
}
