import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef } from '../domain/door';
import type { AccessLogEntry } from '../domain/grant';
import {
  judgeRowEvent,
  type AskingGrant,
  type JudgedRow,
  type RowChange,
  type RowEventVerdict,
} from '../domain/kisi-drift';
import { isAsking } from '../domain/pass-report';
import { covered } from '../domain/windows';
import type { Integration, KisiDrift, StoredWish } from '../store';
import { targetOf } from './foreign-row-view';
import {
  actorOfKisi,
  nameOfActor,
  type EventFollowed,
  type EventIgnoredBecause,
  type KisiEvent,
  type KisiEventDeps,
} from './kisi-event';
import { lookAtChange } from './list-lag';
import { opensDoors } from './ownership';

/** Between our note of a change and Kisi's event about it: the wait for Kisi, and how far clocks differ. */
const SENT_WITHIN_MS = 2 * 60_000;

const IGNORED: Record<Exclude<RowEventVerdict['kind'], 'drift'>, EventIgnoredBecause> = {
  own: 'own_change',
  overtaken: 'own_change',
  unknown: 'row_unknown',
  unneeded: 'not_needed',
};

/**
 * An event about a role assignment is a hint: it carries no window and no user, may be late, and decides
 * nothing. The pass that the row is stored with, or that a row of others is in the way of or counts on,
 * lists Kisi's rows anew and mends what differs. Only where the integration says that a deletion means
 * so, the grants that led to a row of ours are revoked.
 */
export async function followRowEvent(
  deps: KisiEventDeps,
  integration: Integration,
  event: KisiEvent,
): Promise<EventFollowed> {
  const roleAssignmentId = event.objectId;
  if (roleAssignmentId === null) return { ignored: 'row_unknown' };
  const change: RowChange = event.type === 'role_assignment.destroy' ? 'deleted' : 'changed';
  const found =
    (await readRow(deps, integration, roleAssignmentId)) ??
    (await readForeignRow(deps, integration, roleAssignmentId));
  const verdict = await judge(deps, { integration, event, change, roleAssignmentId, found });
  if (verdict.kind === 'own') return { ignored: IGNORED.own };
  if (!found) return { ignored: 'row_unknown' };
  if (verdict.kind !== 'drift') {
    // The rows may differ from what is remembered all the same. Nobody waits for it, but where a row of
    // others may have been in the way.
    const priority = found.isForeign ? PRIORITY.due : PRIORITY.reconcile;
    await deps.messages.pokePass(found.pass, priority, true);
    return { ignored: IGNORED[verdict.kind] };
  }
  const { revoked, repaired } = verdict;
  // Grants that are revoked take their wishes back themselves: no row is to be made in between.
  await revoke(deps, event, revoked);
  if (repaired.length > 0) {
    await writeDown(deps, event, change, repaired);
    await lookAtChange(deps, found.pass, PRIORITY.due);
  }
  const isRevoke = revoked.length > 0;
  const answer = isRevoke ? 'revoke' : 'repair';
  const grantIds = isRevoke ? revoked : repaired;
  const { memberId } = found.pass;
  const actor = actorOfKisi(event).id;
  const drift: KisiDrift = { change, answer, roleAssignmentId, memberId, grantIds, actor };
  return { ignored: null, drift };
}

/** A row with all that its pass holds and is asked. */
interface FoundRow {
  row: JudgedRow;
  others: readonly JudgedRow[];
  pass: PassRef;
  asking: AskingGrant[];
  /** Somebody else made it, for reasons of their own: its end revokes nothing. */
  isForeign: boolean;
}

/** A row of ours. */
async function readRow(
  deps: KisiEventDeps,
  { organizationId }: Integration,
  roleAssignmentId: number,
): Promise<FoundRow | null> {
  const { store } = deps;
  const row = await store.kisiRows.byId(organizationId, roleAssignmentId);
  if (!row) return null;
  const [stored, wishes] = await Promise.all([
    store.kisiRows.byPass(row.passKey),
    store.wishes.byPass(row.passKey),
  ]);
  const pass = wishes[0]?.pass;
  if (!pass) return null;
  return {
    row,
    others: stored.filter((other) => other.roleAssignmentId !== roleAssignmentId),
    pass,
    asking: await readAsking(deps, pass.memberId, wishes),
    isForeign: false,
  };
}

/**
 * A row that is not ours, and that a pass may count on for want of one of its own: what other rows
 * give as well, nobody loses with it.
 */
async function readForeignRow(
  deps: KisiEventDeps,
  { organizationId }: Integration,
  roleAssignmentId: number,
): Promise<FoundRow | null> {
  const { store, clock } = deps;
  const seen = await store.foreignRows.get(organizationId, roleAssignmentId);
  if (seen?.memberId == null) return null;
  const { memberId, from, until, madeAt, role } = seen;
  const pass: PassRef = { memberId, organizationId, target: await targetOf(deps, seen) };
  const key = passKey(pass);
  if (!(await store.passes.get(key))) return null;
  const [own, foreign, wishes] = await Promise.all([
    store.kisiRows.byPass(key),
    store.foreignRows.ofHolder(memberId, seen),
    store.wishes.byPass(key),
  ]);
  const beside = foreign.filter(
    (other) => other.roleAssignmentId !== roleAssignmentId && opensDoors({ roleId: other.role }),
  );
  const asking = opensDoors({ roleId: role }) ? await readAsking(deps, memberId, wishes) : [];
  const counting = asking.filter((grant) => !covered(grant, [...own, ...beside], clock.now()));
  const row = { from, until, createdAt: madeAt };
  return { row, others: [], pass, asking: counting, isForeign: true };
}

/** What these wishes ask for now or later, each with when that was decided. */
async function readAsking(
  { store, clock }: KisiEventDeps,
  memberId: string,
  wishes: readonly StoredWish[],
): Promise<AskingGrant[]> {
  const member = await store.members.get(memberId);
  const now = clock.now();
  // A member on hold, or erased, wants nothing, whatever the wishes say.
  const heard = member?.hold === null ? wishes.filter((wish) => isAsking(wish, now)) : [];
  const grants = await store.grants.getMany(heard.map(({ grantId }) => grantId));
  const changedAt = new Map(grants.map((grant) => [grant.id, grant.changedAt]));
  return heard.map(({ grantId, from, until }) => ({
    grantId,
    from,
    until,
    changedAt: changedAt.get(grantId) ?? now,
  }));
}

async function judge(
  { store, clock }: KisiEventDeps,
  facts: {
    integration: Integration;
    event: KisiEvent;
    change: RowChange;
    roleAssignmentId: number;
    found: FoundRow | null;
  },
): Promise<RowEventVerdict> {
  const { integration, event, change, roleAssignmentId, found } = facts;
  const { at, actor } = event;
  const now = clock.now();
  const { organizationId } = integration;
  const spans = [
    { from: at - SENT_WITHIN_MS, to: at + SENT_WITHIN_MS },
    // However far Kisi's clock is from ours, an event that is not late comes soon after the note.
    { from: now - SENT_WITHIN_MS, to: now },
  ];
  const notes = { organizationId, roleAssignmentId, spans };
  const owners = [integration.keyOwnerId, ...integration.formerKeyOwnerIds];
  const personId = actor.type === 'User' ? actor.id : null;
  const byKeyOwner = personId !== null && owners.includes(personId);
  const kind = change === 'deleted' ? 'deletion' : 'change';
  const [isOurs, deletionSent, meaning] = await Promise.all([
    // Somebody else's event must not use up the note that ours will ask for.
    byKeyOwner && store.rowChanges.claimForEvent(event.uuid, { ...notes, kind }),
    store.rowChanges.wasSent({ ...notes, kind: 'deletion' }),
    found?.isForeign === true
      ? ('repair' as const)
      : store.kisiWebhooks.deletionMeaning(integration.id),
  ]);
  return judgeRowEvent({
    change,
    at,
    now,
    row: found?.row ?? null,
    others: found?.others ?? [],
    isOurs,
    isByPerson: personId !== null,
    deletionSent,
    asking: found?.asking ?? [],
    meaning,
  });
}

/** The grant's own workflow revokes and writes it down, with Kisi's actor. */
async function revoke(
  { messages }: KisiEventDeps,
  event: KisiEvent,
  grantIds: readonly string[],
): Promise<void> {
  const reason = `Deleted in Kisi by ${nameOfActor(event)}.`;
  for (const grantId of grantIds) {
    await messages.revokeGrant(grantId, actorOfKisi(event), reason);
  }
}

/** One row for each grant that led to the row at Kisi: who did it, and what follows. */
async function writeDown(
  { store }: KisiEventDeps,
  event: KisiEvent,
  change: RowChange,
  grantIds: readonly string[],
): Promise<void> {
  const what = change === 'deleted' ? 'Deleted' : 'Changed';
  const reason = `${what} in Kisi by ${nameOfActor(event)}; Latchkey puts it right.`;
  const grants = await Promise.all(grantIds.map((id) => store.grants.get(id)));
  const entries = grants.flatMap((grant): AccessLogEntry[] =>
    grant
      ? [
          {
            id: `kisi:${event.uuid}:${grant.id}`,
            action: 'drift',
            status: 'attention',
            reason,
            problem: null,
            by: actorOfKisi(event),
            at: event.at,
            grant,
          },
        ]
      : [],
  );
  await store.accessLog.append(entries);
}
