import { Dialog } from '../../../shared/dialog';
import { texts } from '../../../texts';
import { KeyForm } from './key-form';
import { useChangeKey, type ApiKey } from './queries';

const t = texts.apiKeys.form;

interface Props {
  apiKey: ApiKey;
  onClose: () => void;
}

/** Renames a key or changes what it may do. */
export function ChangeKeyDialog({ opened, ...props }: Props & { opened: boolean }) {
  return (
    <Dialog title={t.change} opened={opened} onClose={props.onClose}>
      <ChangeForm key={props.apiKey.id} {...props} />
    </Dialog>
  );
}

function ChangeForm({ apiKey, onClose }: Props) {
  const change = useChangeKey(apiKey.id, onClose);
  const { name, scopes, locationIds } = apiKey;
  return (
    <KeyForm
      initial={{ name, scopes, locationIds }}
      submit={t.save}
      isSending={change.isPending}
      error={change.error}
      onSubmit={change.mutate}
      onCancel={onClose}
    />
  );
}
