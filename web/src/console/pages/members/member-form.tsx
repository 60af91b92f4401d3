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
import { useSession } from '../../session';
import { memberExists, nameOf, type Member } from './member';

const t = texts.members.form;

interface Entered {
  id: string;
  email: string;
  name: string;
}

interface Props {
  /** `null`: a new one. */
  member: Member | null;
  onClose: () => void;
  onSaved?: (member: Member) => void;
}

/** Adds a member, or changes one. */
export function MemberDialog({ opened, ...props }: Props & { opened: boolean }) {
  const title = props.member === null ? t.addTitle : t.editTitle;
  return (
    <Dialog opened={opened} onClose={props.onClose} title={title}>
      <MemberForm {...props} />
    </Dialog>
  );
}

function MemberForm({ member, onClose, onSaved }: Props) {
  const queries = useQueryClient();
  const emailHelp = member === null ? t.emailHelp : t.emailChange;
  // The API refuses it: it moves what the member has at other locations, too.
  const isEmailKept = useSession().locationIds !== null && member !== null;
  const form = useForm<Entered>({
    initialValues: { id: member?.id ?? '', email: member?.email ?? '', name: member?.name ?? '' },
    validate: {
      id: (id) => (isHostId(id.trim()) ? null : t.idFault),
      email: (email) => (email.includes('@') ? null : t.emailFault),
    },
  });
  const save = useMutation({
    mutationFn: async ({ id, email, name }: Entered) => {
      if (member === null && (await memberExists(id))) throw new IdTaken();
      return answer(
        api.PUT('/v1/members/{id}', {
          params: { path: { id } },
          body: { email, name: name === '' ? null : name },
        }),
      );
    },
    onSuccess: async (saved) => {
      queries.setQueryData(['member', saved.id], saved);
      await queries.invalidateQueries({ queryKey: ['members'] });
      notifications.show({ color: 'green', message: t.saved(nameOf(saved)) });
      onClose();
      onSaved?.(saved);
    },
    onError: (error) => {
      if (error instanceof IdTaken) form.setFieldError('id', t.taken);
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ id, email, name }) => {
        save.mutate({ id: id.trim(), email: email.trim(), name: name.trim() });
      })}
    >
      <Stack>
        <ProblemAlert error={save.error instanceof IdTaken ? null : save.error} />
        {member === null && (
          <IdField label={t.id} description={t.idHelp} {...form.getInputProps('id')} />
        )}
        <TextInput
          type="email"
          label={t.email}
          description={isEmailKept ? t.emailLimited : emailHelp}
          disabled={isEmailKept}
          required
          autoComplete="off"
          {...form.getInputProps('email')}
        />
        <TextInput
          label={t.name}
          description={t.nameHelp}
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <DialogButtons onCancel={onClose}>
          <Button type="submit" loading={save.isPending}>
            {member === null ? t.add : texts.common.save}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}
