import { notifications } from '@mantine/notifications';
import { useMutation } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';
import { isAnswered, usePost, type IdempotencyHeader } from '../../../api/repeatable';
import { touchesPeople } from '../../../shared/access-effect';
import { texts } from '../../../texts';
import { changeOf, spaceOf, type Values } from './mapping-values';
import { useRefreshMappings, type DoorMapping } from './mappings';

const t = texts.doorMappings.form;

/** What is to be saved. */
interface Wanted {
  /** `null`: a new one. */
  mapping: DoorMapping | null;
  integrationId: string;
  values: Values;
  /** Kisi's own name of the door or group. */
  nameAtKisi: string;
}

/** Saves a mapping; one that touches people is only tried out, and told of, until that is confirmed. */
export function useSaveMapping(
  onSaved: () => void,
  onTouches: (effect: Of<'AccessEffect'>) => void,
) {
  const refresh = useRefreshMappings();
  const save = usePost((wanted: Wanted, header) => send(wanted, header), {
    onSuccess: async (message) => {
      notifications.show({ color: 'green', message });
      onSaved();
      await refresh();
    },
  });
  const trial = useMutation({
    mutationFn: tryOut,
    onSuccess: (effect, wanted) => {
      if (effect !== null && touchesPeople(effect)) onTouches(effect);
      else save.mutate(wanted);
    },
  });
  return {
    error: trial.error ?? save.error,
    isPending: trial.isPending || save.isPending,
    /** What nobody has answered may be saved already: it is sent again as it was, and not tried out. */
    save: (wanted: Wanted) => {
      const isSentBefore = JSON.stringify(wanted) === JSON.stringify(save.variables);
      if (isSentBefore && save.isError && !isAnswered(save.error)) {
        save.mutate(wanted);
        return;
      }
      save.reset();
      trial.mutate(wanted);
    },
    /** Whoever saves has seen whom it touches. */
    confirm: save.mutate,
    reset: save.reset,
  };
}

async function tryOut(wanted: Wanted): Promise<Of<'AccessEffect'> | null> {
  const { mapping } = wanted;
  if (mapping === null) {
    const tried = await answer(
      api.POST('/v1/door-mappings', {
        params: { query: { dryRun: 'true' } },
        body: newMapping(wanted),
      }),
    );
    return 'gains' in tried ? tried : null;
  }
  const { effect } = await patch(mapping, wanted, 'true');
  return effect;
}

async function send(wanted: Wanted, header: IdempotencyHeader): Promise<string> {
  const { mapping, values } = wanted;
  const name = values.name.trim();
  if (mapping === null) {
    await answer(api.POST('/v1/door-mappings', { params: { header }, body: newMapping(wanted) }));
    return t.created(name);
  }
  const { job } = await patch(mapping, wanted, 'false');
  return job === null ? t.saved(name) : t.following(name);
}

async function patch(
  mapping: DoorMapping,
  { values, nameAtKisi }: Wanted,
  dryRun: 'true' | 'false',
): Promise<Pick<Of<'DoorMappingChange'>, 'effect' | 'job'>> {
  const body = changeOf(mapping, values, nameAtKisi);
  if (Object.keys(body).length === 0) return { effect: null, job: null };
  return answer(
    api.PATCH('/v1/door-mappings/{id}', {
      params: { path: { id: mapping.id }, query: { dryRun } },
      body,
    }),
  );
}

function newMapping({ integrationId, values, nameAtKisi }: Wanted) {
  const { locationId, resourceType } = values;
  const name = values.name.trim();
  const common = {
    integrationId,
    resourceId: Number(values.resourceId),
    ...(name !== nameAtKisi && { name }),
  };
  return resourceType === 'lock'
    ? { ...common, resourceType, locationId, spaceId: spaceOf(values) }
    : { ...common, resourceType, locationId: locationId ?? '' };
}
