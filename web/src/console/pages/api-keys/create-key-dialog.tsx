import { useState } from 'react';
import { Dialog } from '../../../shared/dialog';
import { texts } from '../../../texts';
import { KeyForm } from './key-form';
import { useCreateKey, type NewApiKey } from './queries';
import { SecretOnce } from './secret-once';

const t = texts.apiKeys;

/** Makes a key and shows its secret, once. */
export function CreateKeyDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const [made, setMade] = useState<NewApiKey | null>(null);
  const create = useCreateKey(setMade);
  return (
    <Dialog
      title={made === null ? t.form.create : t.secret.title}
      opened={opened}
      onClose={onClose}
      isSticky={made !== null}
      onClosed={() => {
        setMade(null);
        create.reset();
      }}
    >
      {made === null ? (
        <KeyForm
          initial={{ name: '', scopes: [], locationIds: null }}
          submit={t.form.submit}
          isSending={create.isPending}
          error={create.error}
          onSubmit={create.mutate}
          onCancel={onClose}
        />
      ) : (
        <SecretOnce made={made} onDone={onClose} />
      )}
    </Dialog>
  );
}
