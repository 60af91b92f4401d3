import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../../api/client';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { IdField, IdTaken, isHostId } from '../../../shared/id-field';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import { planExists, type Plan } from './plan';

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
  const queries = useQueryClient();
  const form = useForm<Entered>({
    initialValues: { id: plan?.id ?? '', name: plan?.name ?? '' },
    validate: {
      id: (id) => (isHostId(id.trim()) ? null : t.idFault),
      name: (name) => (name.trim() === '' ? t.nameFault : null),
    },
  });
  const save = useMutation({
    mutationFn: async ({ id, name }: Entered) => {
      if (plan === null && (await planExists(id))) throw new IdTaken();
      return answer(api.PUT('/v1/plans/{id}', { params: { path: { id } }, body: { name } }));
    },
    onSuccess: (saved) => {
      queries.setQueryData(['plan', saved.id], saved);
      notifications.show({ color: 'green', message: t.saved(saved.name) });
      onClose();
      onSaved?.(saved);
      void queries.invalidateQueries({ queryKey: ['plans'] });
    },
    onError: (error) => {
      if (error instanceof IdTaken) form.setFieldError('id', t.taken);
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
        <ProblemAlert error={save.error instanceof IdTaken ? null : save.error} />
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
