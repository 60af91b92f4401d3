import { notifications } from '@mantine/notifications';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';
import { LIVE_MS, useList } from '../../../api/query';
import { usePost } from '../../../api/repeatable';
import { texts } from '../../../texts';

export type Grant = Of<'Grant'>;

const t = texts.members.access;

/** What narrows a list of grants; `undefined`: nothing. */
export interface GrantFilter {
  readonly memberId?: string | undefined;
  readonly provisioning?: Grant['provisioning'] | undefined;
  readonly status?: Grant['status'] | undefined;
  readonly source?: Grant['source'] | undefined;
}

/** Grants, newest first; read often while one of them is on its way to Kisi. */
export function useGrants(filter: GrantFilter) {
  return useList(
    ['grants', filter],
    (cursor) => answer(api.GET('/v1/grants', { params: { query: { ...filter, cursor } } })),
    { refetchMs: lookAgainMs },
  );
}

/** One grant, kept as it is now. */
export function useGrant(id: string) {
  return useQuery({
    queryKey: ['grants', 'one', id],
    queryFn: () => answer(api.GET('/v1/grants/{id}', { params: { path: { id } } })),
    refetchInterval: ({ state: { data } }) => lookAgainMs(data ? [data] : []),
  });
}

/** What needs a person is not on its way: it may stay so for days. */
function lookAgainMs(grants: readonly Grant[]): number {
  const isUnderWay = ({ settled, provisioning }: Grant) => !settled && provisioning !== 'attention';
  return grants.some(isUnderWay) ? LIVE_MS.busy : LIVE_MS.calm;
}

/** Has everything that shows grants read them anew. */
export function useGrantsChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all(
      ['grants', 'explain'].map((key) => queries.invalidateQueries({ queryKey: [key] })),
    );
  };
}

/** Says that a change of a grant is accepted, and whether Kisi shows it already. */
export function notifyChange(title: string, { settled }: Grant): void {
  notifications.show({ color: 'green', title, message: settled ? t.settled : t.settling });
}

const COMMANDS = {
  revoke: { path: '/v1/grants/{id}/revoke', done: texts.members.revokeForm.done },
  restore: { path: '/v1/grants/{id}/restore', done: t.restored },
  retry: { path: '/v1/grants/{id}/retry', done: t.triedAgain },
} as const;

/** Revokes, restores or retries a grant; says so when it is accepted. */
export function useGrantCommand(command: keyof typeof COMMANDS, onDone?: () => void) {
  const changed = useGrantsChanged();
  const { path, done } = COMMANDS[command];
  return usePost(
    ({ grantId, reason = '' }: { grantId: string; reason?: string }, header) =>
      answer(
        api.POST(path, {
          params: { path: { id: grantId }, header },
          body: reason.trim() === '' ? {} : { reason: reason.trim() },
        }),
      ),
    {
      onSuccess: async (grant) => {
        notifyChange(done, grant);
        onDone?.();
        await changed();
      },
    },
  );
}
