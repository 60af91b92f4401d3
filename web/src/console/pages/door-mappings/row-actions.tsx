import { ActionIcon, Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconTrash, IconWifi } from '@tabler/icons-react';
import { texts } from '../../../texts';
import { useMay } from '../../session';
import { DeleteDialog } from './delete-dialog';
import { MappingDialog } from './mapping-dialog';
import type { DoorMapping } from './mappings';
import { TestDialog } from './test-dialog';

const t = texts.doorMappings;

/** What can be done with one mapping: test it, assign or edit it, delete it. */
export function RowActions({ mapping }: { mapping: DoorMapping }) {
  const { name, locationId } = mapping;
  const mayTest = useMay('admin', 'operator');
  const mayChange = useMay('admin');
  const [isTesting, testing] = useDisclosure();
  const [isEditing, editing] = useDisclosure();
  const [isDeleting, deleting] = useDisclosure();
  return (
    <Group gap={6} wrap="nowrap" justify="flex-end">
      {mayChange && locationId === null && (
        <Button size="xs" aria-label={t.assign.actionOf(name)} onClick={editing.open}>
          {t.assign.action}
        </Button>
      )}
      {mayTest && (
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t.test.actionOf(name)}
          title={t.test.action}
          onClick={testing.open}
        >
          <IconWifi size={18} />
        </ActionIcon>
      )}
      {mayChange && (
        <>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t.edit.actionOf(name)}
            title={t.edit.action}
            onClick={editing.open}
          >
            <IconPencil size={18} />
          </ActionIcon>
          <ActionIcon
            variant="default"
            size="lg"
            aria-label={t.remove.actionOf(name)}
            title={t.remove.action}
            onClick={deleting.open}
          >
            <IconTrash size={18} />
          </ActionIcon>
        </>
      )}
      <TestDialog mapping={mapping} opened={isTesting} onClose={testing.close} />
      <MappingDialog mapping={mapping} opened={isEditing} onClose={editing.close} />
      <DeleteDialog mapping={mapping} opened={isDeleting} onClose={deleting.close} />
    </Group>
  );
}
