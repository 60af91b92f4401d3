import { Alert, Button, Group, List, Stack, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../../../api/client';
import { usePost } from '../../../api/repeatable';
import { Dialog } from '../../../shared/dialog';
import { DialogButtons } from '../../../shared/dialog-buttons';
import { ProblemAlert } from '../../../shared/problem-alert';
import { texts } from '../../../texts';
import type { ForeignRow } from './foreign-columns';

const t = texts.integrations.foreign;

export type ForeignAction = 'adopt' | 'clear';

interface Props {
  action: ForeignAction;
  integrationId: string;
  rows: readonly ForeignRow[];
  onClose: () => void;
  onDone: () => void;
}

/** Says what becomes of the picked rows, does it, and tells which were left. */
export function ForeignDialog({ opened, ...props }: Props & { opened: boolean }) {
  return (
    <Dialog
      title={props.action === 'clear' ? t.clearTitle : t.adoptTitle}
      opened={opened}
      onClose={props.onClose}
    >
      <ForeignForm {...props} />
    </Dialog>
  );
}

function ForeignForm({ action, integrationId: id, rows, onClose, onDone }: Props) {
  const queries = useQueryClient();
  const work = usePost(
    (roleAssignmentIds: number[], header) => {
      const options = { params: { header, path: { id } }, body: { roleAssignmentIds } };
      return answer(
        action === 'adopt'
          ? api.POST('/v1/integrations/{id}/foreign-rows/adopt', options)
          : api.POST('/v1/integrations/{id}/foreign-rows/clear', options),
      );
    },
    {
      onSuccess: () => {
        onDone();
        void queries.invalidateQueries({ queryKey: ['foreign-rows', id] });
      },
    },
  );
  if (work.data) {
    const left = work.data.rows.filter(({ outcome }) => outcome === 'refused');
    return (
      <Stack>
        <Alert color={left.length === 0 ? 'green' : 'yellow'} role="status">
          {t.done(work.data.rows.length - left.length, left.length)}
          <List size="sm">
            {left.map(({ roleAssignmentId, reason }) => (
              <List.Item key={roleAssignmentId}>
                {t.row(roleAssignmentId, reason === null ? '' : t.reasons[reason])}
              </List.Item>
            ))}
          </List>
        </Alert>
        <Group justify="flex-end">
          <Button onClick={onClose}>{texts.common.close}</Button>
        </Group>
      </Stack>
    );
  }
  const { effects, doesAnything } = effectsOf(action, rows);
  return (
    <Stack>
      <List>
        {effects.map((effect) => (
          <List.Item key={effect}>{effect}</List.Item>
        ))}
      </List>
      <Text size="sm">{t.each}</Text>
      <ProblemAlert error={work.error} />
      <DialogButtons onCancel={onClose} isBusy={work.isPending}>
        <Button
          color={action === 'clear' ? 'red' : undefined}
          loading={work.isPending}
          disabled={!doesAnything}
          onClick={() => {
            work.mutate(rows.map(({ roleAssignmentId }) => roleAssignmentId));
          }}
        >
          {t[action]}
        </Button>
      </DialogButtons>
    </Stack>
  );
}

/** What the list says will become of the rows, and whether anything will. */
function effectsOf(
  action: ForeignAction,
  rows: readonly ForeignRow[],
): { effects: string[]; doesAnything: boolean } {
  const tell = (count: number, words: (count: number) => string) =>
    count === 0 ? [] : [words(count)];
  if (action === 'clear') {
    const goes = rows.filter(({ wanted, role }) => !wanted && role === 'group_basic').length;
    const { goes: going, left } = t.clearEffect;
    return {
      effects: [...tell(goes, going), ...tell(rows.length - goes, left)],
      doesAnything: goes > 0,
    };
  }
  const able = rows.filter(({ adoptionRefused }) => adoptionRefused === null);
  const stays = able.filter(({ wanted }) => wanted).length;
  const { stays: staying, goes, left } = t.adoptEffect;
  return {
    effects: [
      ...tell(stays, staying),
      ...tell(able.length - stays, goes),
      ...tell(rows.length - able.length, left),
    ],
    doesAnything: able.length > 0,
  };
}
