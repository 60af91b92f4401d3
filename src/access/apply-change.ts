import type { SourceActivities } from '../contracts/source-activities';
import type { Actor } from '../domain/grant';
import { SOURCE_KINDS, type SourceRef } from '../domain/source';
import type { AccessDeps } from './deps';
import { sourcesOf } from './source-plan';
import { touchedPage } from './touched';

const BY: Actor = { type: 'system', id: 'mapping-change' };
const DELETED = 'The door mapping was deleted.';

/**
 * Tells one page of what a change touches to look again: grants by hand look where their door leads
 * now, each source works out its grants anew. A source's own grants are left to it: they would follow
 * the mapping to a door that the source does not mean any more. Safe to repeat.
 */
export async function applyChangePage(
  deps: Pick<AccessDeps, 'store' | 'messages' | 'clock'>,
  { change, after, jobId, doneBefore }: Parameters<SourceActivities['applyChangePage']>[0],
): ReturnType<SourceActivities['applyChangePage']> {
  const { store, messages, clock } = deps;
  const touched = await touchedPage(store, change, after, clock.now());
  const isDeleted = change.kind === 'mapping' && change.deleted;
  await Promise.all([
    ...unique(touched.sources).map((source) => messages.lookAgainAtSource(source)),
    ...touched.grants.map((grant) =>
      isDeleted
        ? messages.revokeGrant(grant.id, BY, DELETED)
        : messages.askGrantAgain(grant.id, BY),
    ),
  ]);
  const poked = touched.sources.length + touched.grants.length;
  await store.jobs.progress(jobId, { done: doneBefore + poked });
  return { poked, after: touched.after };
}

function unique(sources: readonly SourceRef[]): SourceRef[] {
  return [...new Map(sources.map((source) => [`${source.kind}:${source.id}`, source])).values()];
}

/** Ids in one page; each costs a message to Temporal. */
const PAGE = 100;

/**
 * Has every source look again whose grants were not all told of what stands. Temporal sees to that by
 * itself, unless a run was terminated or MongoDB was restored to an earlier state.
 */
export async function pokeUnappliedSources({
  store,
  messages,
}: Pick<AccessDeps, 'store' | 'messages'>): Promise<{ poked: number }> {
  let poked = 0;
  for (const kind of SOURCE_KINDS) {
    const kept = sourcesOf(store, kind);
    let after: string | null = null;
    do {
      const ids: string[] = await kept.unapplied(after, PAGE);
      await Promise.all(ids.map((id) => messages.lookAgainAtSource({ kind, id })));
      poked += ids.length;
      after = ids.length < PAGE ? null : (ids.at(-1) ?? null);
    } while (after !== null);
  }
  return { poked };
}
