import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';

type Explanation = Of<'Explanation'>;

/** While something is on its way to Kisi, it is looked at again so often (ms), and so many times. */
const LOOK_MS = 3_000;
const MOST_LOOKS = 20;

/** What the address asks: the door, and the time (ISO 8601) or now. */
export interface Question {
  readonly doorMappingId: string | null;
  readonly at: string | null;
}

/** An answer, and how many answers in a row have said that something is on its way. */
interface Looked {
  readonly explained: Explanation;
  readonly looks: number;
}

/** Why a door opens or not for a member; nothing is asked without a door. */
export function useExplanation(memberId: string, { doorMappingId, at }: Question) {
  const queries = useQueryClient();
  const queryKey = ['explain', memberId, doorMappingId, at];
  return useQuery({
    queryKey,
    queryFn: async () => {
      const explained = await answer(
        api.GET('/v1/members/{id}/explain', {
          params: {
            path: { id: memberId },
            query: { doorMappingId: doorMappingId ?? '', ...(at !== null && { at }) },
          },
        }),
      );
      return look(explained, queries.getQueryData<Looked>(queryKey));
    },
    select: ({ explained }) => explained,
    enabled: doorMappingId !== null,
    // Each look asks Kisi, whose answers are counted: none is made unasked, but while a change is on
    // its way there.
    refetchInterval: ({ state }) => pauseUntilNextLook(state.data),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    retry: false,
  });
}

/** Counts on from what was answered before, if anything. */
export function look(explained: Explanation, before: Looked | undefined): Looked {
  return { explained, looks: isUnderWay(explained) ? (before?.looks ?? 0) + 1 : 0 };
}

/** Ms; `false`: it is not looked at again. */
export function pauseUntilNextLook(looked: Looked | undefined): number | false {
  return looked && looked.looks > 0 && looked.looks < MOST_LOOKS ? LOOK_MS : false;
}

function isUnderWay({ reasons }: Explanation): boolean {
  return reasons.some(({ code }) => code === 'being_set_up' || code === 'source_being_applied');
}
