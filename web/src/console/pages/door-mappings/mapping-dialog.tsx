import { Dialog } from '../../../shared/dialog';
import { texts } from '../../../texts';
import { MappingForm } from './mapping-form';
import type { DoorMapping } from './mappings';

const t = texts.doorMappings.form;

/** **Create Door Mapping**, or the same form for one that is there. */
export function MappingDialog({
  mapping,
  opened,
  onClose,
}: {
  /** `null`: a new one. */
  mapping: DoorMapping | null;
  opened: boolean;
  onClose: () => void;
}) {
  return (
    <Dialog title={mapping === null ? t.create : t.edit} opened={opened} onClose={onClose}>
      <MappingForm mapping={mapping} onClose={onClose} />
    </Dialog>
  );
}
