import { Button, Switch } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { DataList, wholeList } from '../../../shared/data-list';
import { EmptyState } from '../../../shared/empty-state';
import { PageHeader } from '../../../shared/page-header';
import { texts } from '../../../texts';
import { useMayEverywhere } from '../../session';
import { ChangeKeyDialog } from './change-key-dialog';
import { useColumns, type KeyAction } from './columns';
import { CreateKeyDialog } from './create-key-dialog';
import { DeleteKeyDialog } from './delete-key-dialog';
import { useApiKeys, type ApiKey } from './queries';

const t = texts.apiKeys;

/** Loaded by the router. */
export function Component() {
  const { data: keys, error } = useApiKeys();
  const [showsDeleted, setShowsDeleted] = useState(false);
  const [isCreating, creating] = useDisclosure();
  // What was chosen stays while its dialog closes.
  const [isAsking, asking] = useDisclosure();
  const [chosen, setChosen] = useState<{ action: KeyAction; apiKey: ApiKey } | null>(null);
  const mayChange = useMayEverywhere('admin');
  const columns = useColumns(keys ?? [], (action, apiKey) => {
    setChosen({ action, apiKey });
    asking.open();
  });
  const createButton = mayChange && (
    <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={creating.open}>
      {t.form.create}
    </Button>
  );
  return (
    <>
      <PageHeader title={t.title} text={t.text}>
        {createButton}
      </PageHeader>
      <Switch
        label={t.showDeleted}
        mb="md"
        checked={showsDeleted}
        onChange={({ currentTarget }) => {
          setShowsDeleted(currentTarget.checked);
        }}
      />
      <DataList
        label={t.title}
        list={wholeList(
          keys?.filter(({ revokedAt }) => showsDeleted || revokedAt === null),
          error,
        )}
        columns={columns}
        rowKey={({ id }) => id}
        empty={
          <EmptyState title={t.empty.title} text={t.empty.text}>
            {createButton}
          </EmptyState>
        }
      />
      <CreateKeyDialog opened={isCreating} onClose={creating.close} />
      {chosen && (
        <>
          <ChangeKeyDialog
            apiKey={chosen.apiKey}
            opened={isAsking && chosen.action === 'change'}
            onClose={asking.close}
          />
          <DeleteKeyDialog
            apiKey={chosen.apiKey}
            opened={isAsking && chosen.action === 'delete'}
            onClose={asking.close}
          />
        </>
      )}
    </>
  );
}
