import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPencil, IconTrash, IconWifi } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { texts } from '../../../texts';
import { useMay } from '../../session';
import { DeleteDialog } from './delete-dialog';
import { MappingDialog } from './mapping-dialog';
import type { DoorMapping } from './mappings';
import { TestDialog } from './test-dialog';

const t = texts.doorMappings;

/** What can be done with the mapping whose page this is. */
export function DetailActions({ mapping }: { mapping: DoorMapping }) {
  const mayTest = useMay('admin', 'operator');
  const mayChange = useMay('admin');
  const navigate = useNavigate();
  const [isTesting, testing] = useDisclosure();
  const [isEditing, editing] = useDisclosure();
  const [isDeleting, deleting] = useDisclosure();
  return (
    <>
      {mayTest && (
        <Button
          variant="default"
          leftSection={<IconWifi size={16} aria-hidden />}
          onClick={testing.open}
        >
          {t.test.action}
        </Button>
      )}
      {mayChange && (
        <>
          <Button
            variant="default"
            leftSection={<IconPencil size={16} aria-hidden />}
            onClick={editing.open}
          >
            {t.edit.action}
          </Button>
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={16} aria-hidden />}
            onClick={deleting.open}
          >
            {t.remove.action}
          </Button>
        </>
      )}
      <TestDialog mapping={mapping} opened={isTesting} onClose={testing.close} />
      <MappingDialog mapping={mapping} opened={isEditing} onClose={editing.close} />
      <DeleteDialog
        mapping={mapping}
        opened={isDeleting}
        onClose={deleting.close}
        onDeleted={() => void navigate('/door-mappings')}
      />
    </>
  );
}
