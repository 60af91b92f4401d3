import type { RemovalCursor, RemovalLook } from '../contracts/integration-activities';
import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef } from '../domain/door';
import { endOf } from '../domain/windows';
import type { Integration, KisiRow, RemovalMode } from '../store';
import type { AccessDeps } from './deps';
import { problemOfStop } from './emergency-stop';

const PAGE = 500;

/**
 * The removal of an integration. It is stored first, so that every look of a pass from then on wants
 * nothing; the passes, poked, take their rows away as they always do. When Kisi shows none of ours
 * that must go, the key goes.
 */
export async function lookAtRemoval(
  deps: AccessDeps,
  { integrationId }: { integrationId: string },
): Promise<RemovalLook> {
  const { store, clock } = deps;
  const integration = await store.integrations.get(integrationId);
  if (!integration) return { state: 'none' };
  await store.doorMappings.setActive(integrationId, integration.active);
  const { removal, organizationId, fault } = integration;
  if (!removal || !integration.connected) return { state: 'none' };

  const rows = await store.kisiRows.allOf(organizationId);
  const left = rows.filter((row) => mustGo(row, removal.mode, clock.now())).length;
  const { by } = removal;
  const job = await store.jobs.begin({
    id: removal.jobId,
    kind: 'removal',
    subjectId: integrationId,
    by,
  });
  // A row whose creation was under way may show up late, so that the whole may grow.
  const total = Math.max(job.total ?? 0, left);
  const stopped = integration.emergencyStop?.includeRemovals
    ? problemOfStop(integration.emergencyStop)
    : null;
  const message = (fault ?? stopped)?.detail ?? null;
  await store.jobs.progress(removal.jobId, { total, done: total - left, message });
  return { state: 'removing', organizationId, jobId: removal.jobId, left };
}

/** Whether a removal takes this row away; what is over opens nothing and may stay. */
export function mustGo(row: Pick<KisiRow, 'until'>, mode: RemovalMode, now: number): boolean {
  return mode === 'leave' ? row.until === null : endOf(row) > now;
}

/** What the integration is removed with; `null`: it is not being removed. */
export function removalUnderWay(integration: Integration | null): RemovalMode | null {
  return integration?.connected && !integration.active ? (integration.removal?.mode ?? null) : null;
}

/**
 * One page of the wishes that are live or not told `removed` yet. A pass without any is found by the
 * sweep, if it has rows.
 */
export async function pokePassesOfRemoval(
  deps: AccessDeps,
  input: { organizationId: number; after: RemovalCursor | null },
): Promise<{ after: RemovalCursor | null }> {
  const wishes = await deps.store.wishes.allLive(deps.clock.now(), input.after, PAGE);
  const passes = new Map<string, PassRef>();
  for (const { pass } of wishes) {
    if (pass.organizationId === input.organizationId) passes.set(passKey(pass), pass);
  }
  for (const pass of passes.values()) await deps.messages.pokePass(pass, PRIORITY.due);
  const last = wishes.at(-1);
  const isLast = wishes.length < PAGE || !last;
  return { after: isLast ? null : { passKey: last.passKey, grantId: last.grantId } };
}

/** The key goes only while this removal is the present one. */
export async function finishRemoval(
  { store, log }: AccessDeps,
  { integrationId, jobId }: { integrationId: string; jobId: string },
): Promise<void> {
  if (!(await store.integrations.finishRemoval(integrationId, jobId))) return;
  await store.kisiWebhooks.forgetKey(integrationId);
  const integration = await store.integrations.get(integrationId);
  if (integration) await store.memberLogins.forgetOrganization(integration.organizationId);
  const job = await store.jobs.get(jobId);
  await store.jobs.progress(jobId, { done: job?.total ?? 0 });
  await store.jobs.end(jobId, { state: 'done', result: { removedRows: job?.total ?? 0 } });
  log.info({ integrationId }, 'The integration is removed');
}
