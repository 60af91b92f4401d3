import { Button, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { answer, api } from '../../../api/client';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { IdField, isHostId } from '../../../shared/id-field';
import { ProblemAlert } from '../../../shared/problem-alert';
import { useSaveById } from '../../../shared/use-save-by-id';
import { texts } from '../../../texts';
import { useSession } from '../../session';
import { nameOf, type Member } from './member';

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
  const save = useSaveById({
    kind: 'member',
    isNew: member === null,
    read: (id) => api.GET('/v1/members/{id}', { params: { path: { id } } }),
    put: ({ id, email, name }: Entered) =>
      answer(
        api.PUT('/v1/members/{id}', {
          params: { path: { id } },
          body: { email, name: name === '' ? null : name },
        }),
      ),
    onTaken: () => {
      form.setFieldError('id', t.taken);
    },
    onSaved: (saved) => {
      onClose();
      onSaved?.(saved);
      return t.saved(nameOf(saved));
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
        <ProblemAlert error={save.error} />
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
        <DialogButtons onCancel={onClose} isBusy={save.isPending}>
          <Button type="submit" loading={save.isPending}>
            {member === null ? t.add : texts.common.save}
          </Button>
        </DialogButtons>
      </Stack>
    </form>
  );
}
