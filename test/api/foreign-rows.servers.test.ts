import {
  adoptForeignRows,
  clearForeignRows,
  listForeignRows,
  refreshForeignRows,
} from '../../api/foreign-rows/schema';
import { putMember } from '../../api/members/schema';
import { expectProblem, NOW, startApi, type ApiUnderTest } from './api-under-test';
import { furnish, type Building } from './fixtures';

const HOUR = 3_600_000;

let api: ApiUnderTest;
let building: Building;
let organizationId: number;
let groupId: number;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  organizationId = api.simulator.state().organizations[0]?.id ?? 0;
  groupId = api.simulator.state().groups[0]?.id ?? 0;
});
afterAll(() => api.close());

const params = (): { id: string } => ({ id: building.integrationId });

/** Rows that another tool left for members who are known by their e-mail, as a reconciliation saw them. */
async function seen(...names: string[]): Promise<number[]> {
  const rows = [];
  for (const name of names) {
    const email = `${name}@example.com`;
    await api.call(putMember, { params: { id: name }, body: { email } });
    const kisiUserId = api.simulator.drift({ kind: 'addUser', organizationId, email });
    const until = Math.floor(Date.now() / 1_000) * 1_000 + HOUR;
    const roleAssignmentId = api.simulator.drift({
      kind: 'addRow',
      assigneeId: kisiUserId,
      groupId,
      validUntil: until,
    });
    rows.push({
      roleAssignmentId,
      role: 'group_basic',
      assigneeType: 'User',
      kisiUserId,
      memberId: name,
      groupId,
      from: null,
      until,
      madeAt: NOW,
    });
  }
  await api.store.foreignRows.replaceSeen(organizationId, rows, NOW);
  return rows.map(({ roleAssignmentId }) => roleAssignmentId);
}

it('lists what was seen, page by page and by member, to those who operate', async () => {
  const ids = await seen('one', 'two', 'three');
  const first = await api.call(listForeignRows, {
    params: params(),
    query: { limit: '2' },
    key: api.keys.operator,
  });
  const { data, nextCursor } = first.body as { data: unknown[]; nextCursor: string };
  expect(data).toMatchObject([
    { roleAssignmentId: ids[0], memberId: 'one', lockId: null, wanted: false },
    { roleAssignmentId: ids[1], memberId: 'two', seenAt: new Date(NOW).toISOString() },
  ]);
  const rest = await api.call(listForeignRows, {
    params: params(),
    query: { limit: '2', cursor: nextCursor },
  });
  expect(rest.body).toMatchObject({ data: [{ roleAssignmentId: ids[2] }], nextCursor: null });
  const query = { memberId: 'two', groupId: String(groupId) };
  const filtered = await api.call(listForeignRows, { params: params(), query });
  expect(filtered.body).toMatchObject({ data: [{ roleAssignmentId: ids[1] }] });
  const none = await api.call(listForeignRows, { params: params(), query: { groupId: '1' } });
  expect(none.body).toEqual({ data: [], nextCursor: null });
});

it('adopts and clears row by row, and says why it did not', async () => {
  const mappingOf = async (): Promise<string> => {
    const mapping = await api.store.doorMappings.insert({
      id: 'dm_common',
      integrationId: building.integrationId,
      organizationId,
      locationId: null,
      spaceId: null,
      resourceType: 'group',
      resourceId: groupId,
      name: 'Common areas',
      active: true,
      createdBy: { type: 'system', id: 'test' },
    });
    return mapping.id;
  };
  const known = await api.store.doorMappings.byResource(organizationId, {
    kind: 'group',
    id: groupId,
  });
  const mappingId = known[0]?.id ?? (await mappingOf());
  const [one = 0, two = 0, three = 0] = await seen('ann', 'ben', 'cid');
  api.simulator.drift({ kind: 'editRow', id: three, validUntil: null });
  api.freshPokes.length = 0;
  const adopted = await api.call(adoptForeignRows, {
    params: params(),
    body: { roleAssignmentIds: [one, three, 4_040_404] },
  });
  expect(adopted.body).toEqual({
    rows: [
      { roleAssignmentId: one, outcome: 'adopted', reason: null },
      { roleAssignmentId: three, outcome: 'refused', reason: 'changed' },
      { roleAssignmentId: 4_040_404, outcome: 'refused', reason: 'unknown' },
    ],
  });
  const target = { kind: 'group', id: groupId };
  expect(api.freshPokes).toEqual([{ memberId: 'ann', organizationId, target }]);

  const headers = { 'Idempotency-Key': 'clear-1' };
  const body = { roleAssignmentIds: [two] };
  const cleared = await api.call(clearForeignRows, { params: params(), body, headers });
  const outcome = { rows: [{ roleAssignmentId: two, outcome: 'cleared', reason: null }] };
  expect(cleared.body).toEqual(outcome);
  const again = await api.call(clearForeignRows, { params: params(), body, headers });
  expect(again.body).toEqual(outcome);
  const left = api.simulator.state().roleAssignments.map(({ id }) => id);
  expect([one, two, three].map((id) => left.includes(id))).toEqual([true, false, true]);

  const log = await api.store.accessLog.list({ doorMappingId: mappingId }, { limit: 10 });
  expect(log.data.map(({ action, grant }) => [action, grant.memberId]).sort()).toEqual([
    ['adopt', 'ann'],
    ['clear', 'ben'],
  ]);
});

it('reads anew by a reconciliation', async () => {
  const before = api.reconciled.count;
  const key = api.keys.operator;
  const { status } = await api.call(refreshForeignRows, { params: params(), key });
  expect(status).toBe(202);
  expect(api.reconciled.count).toBe(before + 1);
});

it('refuses what cannot be', async () => {
  for (const spec of [adoptForeignRows, clearForeignRows]) {
    const send = (body: unknown) => api.call(spec, { params: params(), body });
    expectProblem(await send({}), 'request_invalid', 'body.roleAssignmentIds');
    const none = await send({ roleAssignmentIds: [] });
    expectProblem(none, 'request_invalid', 'body.roleAssignmentIds');
    const many = await send({ roleAssignmentIds: [...Array(51).keys()].map((id) => id + 1) });
    expectProblem(many, 'request_invalid', 'body.roleAssignmentIds');
    const text = await send({ roleAssignmentIds: ['one'] });
    expectProblem(text, 'request_invalid', 'body.roleAssignmentIds.0');
    const body = { roleAssignmentIds: [1] };
    const unknown = await api.call(spec, { params: { id: 'int_none' }, body });
    expectProblem(unknown, 'integration_not_found');
    const booking = await api.call(spec, { params: params(), body, key: api.keys.booking });
    expectProblem(booking, 'scope_missing');
  }
  const query = { groupId: 'first' };
  const response = await api.call(listForeignRows, { params: params(), query });
  expectProblem(response, 'request_invalid', 'query.groupId');
});
