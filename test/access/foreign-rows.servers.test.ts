import { randomUUID } from 'node:crypto';
import type { DriftInput } from '../../simulator';
import {
  adoptForeignRows,
  clearForeignRows,
  type ForeignRowWork,
} from '../../src/access/foreign-rows';
import { viewForeignRow, type ForeignRowView } from '../../src/access/foreign-row-view';
import { reconcileOrganization } from '../../src/access/reconcile';
import type { Member } from '../../src/store';
import { accessUnderTest, BY, HOUR, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;
let t: number;
let mappingId: string;

beforeEach(async () => {
  access = await accessUnderTest();
  t = access.now();
  mappingId = await mapGroup();
});
afterEach(() => access.close());

async function mapGroup(): Promise<string> {
  const { integration, group, store } = access;
  const mapping = await store.doorMappings.insert({
    id: `dm_${randomUUID()}`,
    integrationId: integration.id,
    organizationId: integration.organizationId,
    locationId: null,
    spaceId: null,
    resourceType: 'group',
    resourceId: group.id,
    name: 'Common areas',
    active: true,
    createdBy: BY,
  });
  return mapping.id;
}

const run = () =>
  reconcileOrganization(access.deps, {
    organizationId: access.integration.organizationId,
    runId: randomUUID(),
    expired: 0,
    started: 0,
  });

async function listed(): Promise<ForeignRowView[]> {
  const { organizationId } = access.integration;
  const page = await access.store.foreignRows.list(organizationId, {}, { limit: 50 });
  return Promise.all(page.data.map((row) => viewForeignRow(access.deps, row)));
}

async function work(): Promise<ForeignRowWork> {
  const { deps, integration } = access;
  const kisi = await deps.kisi.forOrganization(integration.organizationId);
  return { deps, kisi, integration, by: BY, call: {} };
}

/** A member whom another tool has given access to the dashboard's group; linked or known by e-mail only. */
async function leftBehind(
  window: Partial<Extract<DriftInput, { kind: 'addRow' }>> = {},
  options: { linked?: boolean } = {},
): Promise<{ member: Member; rowId: number; kisiUserId: number }> {
  const { organizationId } = access.integration;
  const member = await access.member({ linked: false });
  const kisiUserId = access.simulator.drift({
    kind: 'addUser',
    organizationId,
    email: member.email.toUpperCase(),
  });
  if (options.linked === true) {
    await access.store.memberLinks.link(organizationId, member.id, kisiUserId, member.email);
  }
  const rowId = access.simulator.drift({
    kind: 'addRow',
    assigneeId: kisiUserId,
    groupId: access.group.id,
    validUntil: t + 5 * HOUR,
    ...window,
  });
  return { member, rowId, kisiUserId };
}

const rowAtKisi = (id: number) =>
  access.simulator.state().roleAssignments.find((row) => row.id === id);
const opens = ({ email }: Member, at: number): boolean =>
  access.simulator.couldOpen({ email: email.toUpperCase(), lockId: access.group.lockId, at }).open;
const logged = async () =>
  (await access.store.accessLog.list({ doorMappingId: mappingId }, { limit: 50 })).data;

describe('the report', () => {
  test('shows each row of a mapped group with its member, mapping and whether a grant wants it', async () => {
    const known = await leftBehind();
    const wanted = await leftBehind({}, { linked: true });
    const pass = access.groupPass(wanted.member);
    await access.wish(pass, { from: t, until: t + HOUR });
    const { organizationId } = access.integration;
    const stranger = access.simulator.drift({
      kind: 'addUser',
      organizationId,
      email: 'nobody@example.com',
    });
    const manager = access.simulator.drift({
      kind: 'addRow',
      assigneeId: stranger,
      groupId: access.group.id,
      roleId: 'group_manager',
    });
    await run();
    const rows = await listed();
    expect(rows).toMatchObject([
      {
        roleAssignmentId: known.rowId,
        memberId: known.member.id,
        kisiUserId: known.kisiUserId,
        target: { kind: 'group', id: access.group.id },
        doorMappingIds: [mappingId],
        from: null,
        until: t + 5 * HOUR,
        wanted: false,
        adoptionRefused: null,
      },
      { roleAssignmentId: wanted.rowId, memberId: wanted.member.id, wanted: true },
      { roleAssignmentId: manager, memberId: null, adoptionRefused: 'not_door_access' },
    ]);

    access.clock.advance(HOUR);
    access.simulator.drift({ kind: 'deleteRow', id: known.rowId });
    await run();
    const later = await listed();
    expect(later.map(({ roleAssignmentId }) => roleAssignmentId)).toEqual([wanted.rowId, manager]);
    expect(later[0]?.firstSeenAt).toBe(rows[1]?.firstSeenAt);
    expect(later[0]?.seenAt).toBeGreaterThan(rows[1]?.seenAt ?? 0);
  });
});

describe.each(['newRow', 'conflict'] as const)('adopting (second row: %s)', (duplicateGrant) => {
  beforeEach(() => {
    access.simulator.setSwitches({ duplicateGrant });
  });

  test('a row that a grant wants stays, takes its window, and goes with the grant', async () => {
    const { member, rowId } = await leftBehind();
    const pass = access.groupPass(member);
    const grant = await access.wish(pass, { from: t, until: t + HOUR });
    await access.look(pass);
    await run();
    const before = Date.now();
    expect(await adoptForeignRows(await work(), [rowId])).toEqual([
      { roleAssignmentId: rowId, outcome: 'adopted', reason: null },
    ]);
    expect(access.messages.pokes.at(-1)).toMatchObject({ pass, fresh: true });
    await access.look(pass, { fresh: true });
    for (let at = before; at < Date.now(); at += 5) expect(opens(member, at)).toBe(true);
    expect(opens(member, t + HOUR - 1_000)).toBe(true);
    expect(opens(member, t + HOUR + 1_000)).toBe(false);
    expect(await listed()).toEqual([]);

    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    await access.look(pass);
    expect(opens(member, access.clock.now())).toBe(false);
  });

  test('a row that no grant wants goes', async () => {
    const { member, rowId } = await leftBehind();
    await run();
    await adoptForeignRows(await work(), [rowId]);
    await access.look(access.groupPass(member), { fresh: true });
    expect(rowAtKisi(rowId)).toBeUndefined();
    expect(opens(member, access.clock.now())).toBe(false);
    expect(await logged()).toMatchObject([
      { action: 'adopt', by: BY, grant: { memberId: member.id, doorMappingId: mappingId } },
    ]);
  });
});

test('what is not as listed, is ours, nobody’s, or more than door access is not adopted', async () => {
  const changed = await leftBehind();
  const gone = await leftBehind();
  const moved = await leftBehind();
  const manager = await leftBehind({ roleId: 'group_manager' });
  const ours = await access.member();
  const pass = access.groupPass(ours);
  await access.wish(pass, { from: t, until: t + HOUR });
  await access.look(pass);
  const [oursRow] = await access.rows(pass);
  await run();
  access.simulator.drift({ kind: 'editRow', id: changed.rowId, validUntil: t + 9 * HOUR });
  access.simulator.drift({ kind: 'deleteRow', id: gone.rowId });
  await access.store.members.upsert({ ...moved.member, email: 'moved@example.com' });
  const ids = [changed, gone, moved, manager].map(({ rowId }) => rowId);
  ids.push(oursRow?.id ?? 0, 999_999);
  const outcomes = await adoptForeignRows(await work(), ids);
  expect(outcomes.map(({ outcome, reason }) => `${outcome} ${String(reason)}`)).toEqual([
    'refused changed',
    'refused gone',
    'refused member_unknown',
    'refused not_door_access',
    'refused unknown',
    'refused unknown',
  ]);
  expect(rowAtKisi(manager.rowId)).toBeDefined();
  expect(rowAtKisi(changed.rowId)).toMatchObject({ validUntil: t + 9 * HOUR });
  expect(await logged()).toEqual([]);
});

describe('clearing', () => {
  test('removes what another tool left, and says so in the log', async () => {
    const { member, rowId } = await leftBehind();
    await run();
    expect(opens(member, access.clock.now())).toBe(true);
    expect(await clearForeignRows(await work(), [rowId])).toEqual([
      { roleAssignmentId: rowId, outcome: 'cleared', reason: null },
    ]);
    expect(opens(member, access.clock.now())).toBe(false);
    expect(await logged()).toMatchObject([{ action: 'clear', status: 'removed', by: BY }]);
    expect(await listed()).toEqual([]);
    // The log of doors is not what grants are rebuilt from.
    expect(await access.store.rebuildGrants()).toEqual({ read: 0, written: 0 });
  });

  test('leaves a row that a live grant counts on, a manager’s, a changed one and ours', async () => {
    const wanted = await leftBehind();
    const pass = access.groupPass(wanted.member);
    await access.wish(pass, { from: t, until: t + HOUR });
    await access.look(pass);
    const manager = await leftBehind({ roleId: 'group_manager' });
    const changed = await leftBehind();
    const adopted = await leftBehind();
    await run();
    access.simulator.drift({ kind: 'editRow', id: changed.rowId, validFrom: t + HOUR });
    const { organizationId } = access.integration;
    const seen = await access.store.foreignRows.get(organizationId, adopted.rowId);
    await adoptForeignRows(await work(), [adopted.rowId]);
    // As a reconciliation would that had read Kisi just before.
    const others = (await access.store.foreignRows.list(organizationId, {}, { limit: 50 })).data;
    await access.store.foreignRows.replaceSeen(
      organizationId,
      [...others, ...(seen ? [seen] : [])],
      access.clock.now(),
    );
    const rows = [wanted, manager, changed, adopted].map(({ rowId }) => rowId);
    const outcomes = await clearForeignRows(await work(), rows);
    expect(outcomes.map(({ outcome, reason }) => `${outcome} ${String(reason)}`)).toEqual([
      'refused wanted',
      'refused not_door_access',
      'refused changed',
      'refused ours',
    ]);
    for (const id of rows) expect(rowAtKisi(id)).toBeDefined();
    expect(opens(wanted.member, access.clock.now())).toBe(true);
  });

  test('what Kisi does not answer in time is left, and may be asked again', async () => {
    const [one, two] = [await leftBehind(), await leftBehind()];
    await run();
    access.simulator.setSwitches({ outage: 'unavailable' });
    const ids = [one.rowId, two.rowId];
    const outcomes = await clearForeignRows(await work(), ids);
    expect(outcomes.map(({ reason }) => reason)).toEqual(['not_reached', 'not_reached']);
    access.simulator.setSwitches({ outage: 'none' });
    const again = await clearForeignRows(await work(), ids);
    expect(again.map(({ outcome }) => outcome)).toEqual(['cleared', 'cleared']);
  });
});
