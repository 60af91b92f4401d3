import { useQuery } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';
import { LIVE_MS } from '../../../api/query';
import { texts } from '../../../texts';

export type Member = Of<'Member'>;

/** What people call a member. */
export function nameOf({ name, email }: Member): string {
  return name ?? email;
}

/** Who did something, in words. */
export function actorName({ type, id }: Of<'Actor'>): string {
  return texts.members.actors[type](id);
}

/** One member, kept as it is now. */
export function useMember(id: string) {
  return useQuery({
    queryKey: ['member', id],
    queryFn: () => answer(api.GET('/v1/members/{id}', { params: { path: { id } } })),
    refetchInterval: LIVE_MS.calm,
  });
}
