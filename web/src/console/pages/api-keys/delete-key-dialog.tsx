import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { Dialog, useBusyDialog } from '../../../shared/dialog';
import { ProblemAlert } from '../../../shared/problem-alert';
import { browserZone, showInstant } from '../../../shared/time';
import { texts } from '../../../texts';
import { useSession } from '../../session';
import { useDeleteKey, type ApiKey } from './queries';

const t = texts.apiKeys.remove;

interface Props {
  apiKey: ApiKey;
  onClose: () => void;
}

/** Says what deleting a key does, and deletes it. */
export function DeleteKeyDialog({ opened, ...props }: Props & { opened: boolean }) {
  const { apiKey, onClose } = props;
  return (
    <Dialog title={t.title(apiKey.name)} opened={opened} onClose={onClose} size="md">
      <DeleteForm {...props} />
    </Dialog>
  );
}

function DeleteForm({ apiKey, onClose }: Props) {
  const { actor } = useSession();
  const { id, name, lastUsedAt } = apiKey;
  const remove = useDeleteKey(id, () => {
    notifications.show({ message: t.done(name) });
    onClose();
  });
  useBusyDialog(remove.isPending);
  return (
    <Stack>
      <ProblemAlert error={remove.error} />
      {actor.id === id && <Alert color="orange">{t.own}</Alert>}
      <Text>{t.text}</Text>
      <Text>
        {lastUsedAt === null ? t.neverUsed : t.lastUsed(showInstant(lastUsedAt, browserZone))}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" disabled={remove.isPending} onClick={onClose} data-autofocus>
          {texts.common.cancel}
        </Button>
        <Button
          color="red"
          loading={remove.isPending}
          onClick={() => {
            remove.mutate();
          }}
        >
          {t.button}
        </Button>
      </Group>
    </Stack>
  );
}
