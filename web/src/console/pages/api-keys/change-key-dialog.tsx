import { Dialog } from '../../../shared/dialog';
import { texts } from '../../../texts';
import { KeyForm } from './key-form';
import { useChangeKey, type ApiKey } from './queries';

const t = texts.apiKeys.form;

/** Renames a key or changes what it may do. */
export function ChangeKeyDialog({ apiKey, onClose }: { apiKey: ApiKey; onClose: () => void }) {
  const change = useChangeKey(apiKey.id, onClose);
  const { name, scopes, locationIds } = apiKey;
  return (
    <Dialog title={t.change} opened onClose={onClose}>
      <KeyForm
        initial={{ name, scopes, locationIds }}
        submit={t.save}
        isSending={change.isPending}
        error={change.error}
        onSubmit={change.mutate}
        onCancel={onClose}
      />
    </Dialog>
  );
}
