import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { answer, api } from '../../../api/client';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { IdField, isHostId } from '../../../shared/id-field';
import { ProblemAlert } from '../../../shared/problem-alert';
import { useSaveById } from '../../../shared/use-save-by-id';
import { texts } from '../../../texts';
import type { Plan } from './plan';

const t = texts.plans.form;

interface Props {
  /** `null`: a new one. */
  plan: Plan | null;
  onClose: () => void;
  onSaved?: (plan: Plan) => void;
}

interface Entered {
  id: string;
  name: string;
}

/** Creates a plan, or renames one. */
export function PlanDialog({ opened, ...props }: Props & { opened: boolean }) {
  const title = props.plan === null ? t.createTitle : t.renameTitle;
  return (
    <Dialog opened={opened} onClose={props.onClose} title={title}>
      <PlanForm {...props} />
    </Dialog>
  );
}

function PlanForm({ plan, onClose, onSaved }: Props) {
  const form = useForm<Entered>({
    initialValues: { id: plan?.id ?? '', name: plan?.name ?? '' },
    validate: {
      id: (id) => (isHostId(id.trim()) ? null : t.idFault),
      name: (name) => (name.trim() === '' ? t.nameFault : null),
    },
  });
  const save = useSaveById({
    kind: 'plan',
    isNew: plan === null,
    read: (id) => api.GET('/v1/plans/{id}', { params: { path: { id } } }),
    put: ({ id, name }: Entered) =>
      answer(api.PUT('/v1/plans/{id}', { params: { path: { id } }, body: { name } })),
    onTaken: () => {
      form.setFieldError('id', t.taken);
    },
    onSaved: (saved) => {
      onClose();
      onSaved?.(saved);
      return t.saved(saved.name);
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ id, name }) => {
        save.mutate({ id: id.trim(), name: name.trim() });
      })}
    >
      <Stack>
        <ProblemAlert error={save.error} />
        {plan === null && (
          <IdField label={t.id} description={t.idHelp} {...form.getInputProps('id')} />
        )}
        <TextInput
          label={t.name}
          required
          autoComplete="off"
          maxLength={200}
          {...form.getInputProps('name')}
        />
        <DialogButtons onCancel={onClose} isBusy={save.isPending}>
          <Button type="submit" loading={save.isPending}>
            {plan === null ? t.create : texts.common.save}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}
