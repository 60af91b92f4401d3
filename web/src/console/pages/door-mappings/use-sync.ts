import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { answer, api } from '../../../api/client';
import type { Integration } from '../../../api/integrations';
import { useJob, type Job } from '../../../api/jobs';
import { usePost } from '../../../api/repeatable';
import { useConnections } from './connections';

interface Asked {
  integrationId: string;
  /** Also maps doors whose mapping was deleted. */
  includeDeleted: boolean;
}

/** A sync of doors: the connections that can be synced, the job of the one that was asked for last. */
export interface Sync {
  /** `undefined` while they are not known. */
  connections: readonly Integration[] | undefined;
  /** Why the connections are not known; `null`: they are, or are asked for. */
  connectionsError: unknown;
  job: Job | null;
  /** The Kisi organization that the job is about. */
  organization: string;
  isStarting: boolean;
  error: unknown;
  start: (asked: Asked) => void;
  /** Asks again for what the job shown was asked for. */
  again: () => void;
  dismiss: () => void;
}

/**
 * Syncs the door mappings; one that somebody started before is found again and followed by whoever may
 * see the connections.
 */
export function useSync(): Sync {
  const queries = useQueryClient();
  const { maySee, integrations, error: connectionsError } = useConnections();
  const [jobId, setJobId] = useState<string | null>(null);
  const running = useRunningSync(maySee && jobId === null);
  const post = usePost(
    (asked: Asked, header) =>
      answer(api.POST('/v1/door-mappings/sync', { params: { header }, body: asked })),
    {
      onSuccess: (job) => {
        queries.setQueryData(['job', job.id], job);
        setJobId(job.id);
      },
    },
  );
  const shownId = jobId ?? running;
  const { data: job = null } = useJob(shownId);
  const state = job?.state;
  useEffect(() => {
    if (state === 'running') setJobId(shownId);
    else if (state !== undefined) void queries.invalidateQueries({ queryKey: ['door-mappings'] });
  }, [state, shownId, queries]);
  return {
    connections: integrations?.filter(({ active }) => active),
    connectionsError: integrations === undefined ? connectionsError : null,
    job,
    organization: integrations?.find(({ id }) => id === job?.subjectId)?.organization.name ?? '',
    isStarting: post.isPending,
    error: post.error,
    start: post.mutate,
    again() {
      if (job === null) return;
      const { subjectId: integrationId } = job;
      const own = post.variables?.integrationId === integrationId ? post.variables : null;
      // One that somebody else began does not tell; the usual one leaves deleted mappings alone.
      post.mutate(own ?? { integrationId, includeDeleted: false });
    },
    dismiss() {
      setJobId(null);
      post.reset();
    },
  };
}

/** A sync that runs already, whoever started it. */
function useRunningSync(enabled: boolean): string | null {
  const { data } = useQuery({
    queryKey: ['jobs', 'sync', 'running'],
    queryFn: () =>
      answer(
        api.GET('/v1/jobs', { params: { query: { kind: 'sync', state: 'running', limit: 1 } } }),
      ),
    enabled,
  });
  return data?.data[0]?.id ?? null;
}
