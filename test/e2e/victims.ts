import type { FaultInput } from '../../simulator';
import type { Grant } from '../../src/domain/grant';
import type { Member } from '../../src/store';
import type { Installation } from '../support/processes';
import { fromNow, iso, type Connected, type Host } from './host';

const HOUR = 3_600_000;

/** What the worker was about to do at Kisi when it was killed. */
export const OPERATIONS = {
  createRow: { method: 'POST', path: '/role_assignments', done: /^\/role_assignments$/ },
  /** While the pass still trusts the rows that it listed a moment ago. */
  createSecondRow: { method: 'POST', path: '/role_assignments', done: /^\/role_assignments$/ },
  patchRow: { method: 'PATCH', path: '/role_assignments/*', done: /^\/role_assignments\/\d+$/ },
  deleteRow: { method: 'DELETE', path: '/role_assignments/*', done: /^\/role_assignments\/\d+$/ },
  createUser: { method: 'POST', path: '/users', done: /^\/users$/ },
  createGroup: { method: 'POST', path: '/groups', done: /^\/groups$/ },
} as const;
export type Operation = keyof typeof OPERATIONS;

/**
 * When the worker was killed: before Kisi had the request (which is never done), while Kisi had it
 * (done after the worker's death), and after it was done (the answer meets nobody). `late`: done only
 * after the next attempt has made the row itself.
 */
const MOMENTS = ['before', 'during', 'after'] as const;
type Moment = (typeof MOMENTS)[number] | 'late';

/** A member whose change is under way at Kisi when the worker dies. */
export interface Victim {
  operation: Operation;
  moment: Moment;
  organization: Connected;
  member: Member;
  lockId: number;
  grantId: string;
  endsAt: number;
  faultId: number;
}

interface Plan {
  operation: Operation;
  moment: Moment;
  organization: Connected;
  index: number;
}

/** One organization with a victim for each moment. */
export async function prepareAll(
  installation: Installation,
  host: Host,
  operation: Operation,
): Promise<Victim[]> {
  const moments = operation === 'createRow' ? [...MOMENTS, 'late' as const] : MOMENTS;
  const organization = await host.connect(operation, moments.length);
  return Promise.all(
    moments.map((moment, index) =>
      prepare(installation, host, { operation, moment, organization, index }),
    ),
  );
}

/** Makes a victim whose next change leads to just the call in question. */
async function prepare(
  { api, settled }: Installation,
  host: Host,
  { operation, moment, organization, index }: Plan,
): Promise<Victim> {
  const lockId = organization.lockIds[operation === 'createGroup' ? index : 0] ?? 0;
  const member = await host.newMember();
  const endsAt = fromNow(HOUR);
  const victim = { operation, moment, organization, member, lockId, endsAt };
  if (operation === 'createGroup') return { ...victim, grantId: '', faultId: 0 };
  if (operation === 'createUser') {
    // Somebody else's grant makes the group, so that only the user is missing.
    if (index === 0) await firstGrant(host, settled, organization, lockId, await host.newMember());
    return { ...victim, grantId: '', faultId: 0 };
  }
  const grantId = await firstGrant(host, settled, organization, lockId, member, endsAt);
  if (operation === 'createRow') {
    await api.ok('POST', `/v1/grants/${grantId}/revoke`, {});
    await settled(grantId);
  }
  return { ...victim, grantId, faultId: 0 };
}

async function firstGrant(
  host: Host,
  settled: Installation['settled'],
  organization: Connected,
  lockId: number,
  member: Member,
  endsAt?: number,
): Promise<string> {
  const mapping = await host.map(organization, lockId);
  const { body } = await host.grant(member, mapping, endsAt === undefined ? {} : { endsAt });
  await settled(body.id, 60_000);
  return body.id;
}

/** The fault that holds the victim's call when the worker dies. */
export function holdOf({ operation, moment, organization }: Victim): FaultInput {
  const { method, path } = OPERATIONS[operation];
  return {
    kind: 'hold',
    when: moment === 'after' ? 'after' : 'before',
    method,
    path,
    organizationId: organization.organizationId,
    count: 1,
  };
}

/** Sends the change over HTTP; answers the grant's id. */
export async function act({ api }: Installation, host: Host, victim: Victim): Promise<string> {
  const { operation, grantId, member, organization, lockId, endsAt } = victim;
  switch (operation) {
    case 'createUser':
    case 'createGroup': {
      const mapping = await host.map(organization, lockId);
      return (await host.grant(member, mapping, { endsAt })).body.id;
    }
    case 'createSecondRow': {
      const mapping = await host.map(organization, lockId);
      return (await host.grant(member, mapping, { startsAt: endsAt + HOUR })).body.id;
    }
    case 'createRow':
      await api.ok('POST', `/v1/grants/${grantId}/restore`, {});
      return grantId;
    case 'deleteRow':
      await api.ok('POST', `/v1/grants/${grantId}/revoke`, {});
      return grantId;
    case 'patchRow':
      victim.endsAt += HOUR;
      await api.ok('PATCH', `/v1/grants/${grantId}`, { endsAt: iso(victim.endsAt) });
      return grantId;
  }
}

/** Whether the grant shows what the victim's change was to bring. */
export function isThere({ operation, endsAt }: Victim, grant: Grant): boolean {
  const wanted = operation === 'deleteRow' ? 'removed' : 'in_place';
  const end = operation === 'createSecondRow' ? endsAt + 2 * HOUR : endsAt;
  return grant.settled && grant.provisioning === wanted && grant.endsAt === end;
}

/** What the log of a victim's grant says in the end. */
export const TOLD: Record<Operation, string[]> = {
  createRow: [
    'grant accepted',
    'grant in_place',
    'revoke accepted',
    'revoke removed',
    'restore accepted',
    'restore in_place',
  ],
  patchRow: ['grant accepted', 'grant in_place', 'change accepted', 'change in_place'],
  deleteRow: ['grant accepted', 'grant in_place', 'revoke accepted', 'revoke removed'],
  createSecondRow: ['grant accepted', 'grant in_place'],
  createUser: ['grant accepted', 'grant in_place'],
  createGroup: ['grant accepted', 'grant in_place'],
};

/** The rows that the victim's member must have at Kisi in the end. */
export function rowsWanted({
  operation,
  endsAt,
}: Victim): { from: string | null; until: string }[] {
  const first = { from: null, until: iso(endsAt) };
  const second = { from: iso(endsAt + HOUR), until: iso(endsAt + 2 * HOUR) };
  if (operation === 'deleteRow') return [];
  return operation === 'createSecondRow' ? [first, second] : [first];
}
