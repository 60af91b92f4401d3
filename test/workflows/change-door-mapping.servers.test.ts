import { changeMapping, deleteMapping } from '../../api/door-mappings/change-mapping';
import { mapDoor } from '../../api/door-mappings/map-door';
import type { AccessEffect } from '../../src/access/mapping-effect';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping, Member } from '../../src/store';
import { createSourceEvents } from '../../src/temporal/source-events';
import { eventually } from '../support/eventually';
import { expectNoGap } from '../support/oracle';
import { startFastStack, type Stack } from '../support/stack';
import { secondsFromNow } from './support';

const BY = { type: 'api_key', id: 'key_tester' } as const;
const iso = (ms: number): string => new Date(ms).toISOString();

let stack: Stack;
/** The lock outside the group, and one inside it. */
let outside: number;
let inside: number;
beforeAll(async () => {
  stack = await startFastStack();
  const { store, integration } = stack;
  await store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'Europe/Berlin' });
  await store.integrations.update(integration.id, { locationIds: ['loc_1'] });
  outside = stack.locks.find((id) => !stack.group.lockIds.includes(id)) ?? 0;
  inside = stack.group.lockIds[0] ?? 0;
});
afterAll(async () => {
  await stack.close();
});

/** Whoever has a door by each kind of source, and one whose booking an admin has revoked. */
interface Holders {
  mapping: DoorMapping;
  spaceId: string;
  otherSpaceId: string;
  booked: Member;
  /** Has booked the other space. */
  beside: Member;
  subscribed: Member;
  granted: Member;
  manual: Grant;
  revoked: Member;
}

let scenes = 0;
async function holders(): Promise<Holders> {
  scenes += 1;
  const key = String(scenes);
  const { store } = stack;
  const [spaceId, otherSpaceId] = [`spc_${key}a`, `spc_${key}b`];
  for (const id of [spaceId, otherSpaceId]) {
    await store.spaces.upsert({ id, name: id, locationId: 'loc_1' });
  }
  const made = await stack.lockMapping(outside);
  const mapping = await must(store.doorMappings.update(made.id, { spaceId, locationId: 'loc_1' }));
  const [booked, beside, subscribed, granted, revoked] = await Promise.all([
    stack.newMember(),
    stack.newMember(),
    stack.newMember(),
    stack.newMember(),
    stack.newMember(),
  ]);
  await store.plans.upsert({ id: `pln_${key}`, name: 'Plan' });
  await store.plans.addDoor(`pln_${key}`, mapping.id);
  await book(`bk_${key}_booked`, booked, spaceId);
  await book(`bk_${key}_beside`, beside, otherSpaceId);
  await book(`bk_${key}_revoked`, revoked, spaceId);
  await subscribe(`ms_${key}`, subscribed, `pln_${key}`);
  const manual = await stack.grant({ member: granted, mapping });
  for (const member of [booked, subscribed, granted, revoked]) await opens(member, outside);
  const { data } = await store.grants.list({ memberId: revoked.id }, { limit: 1 }, Date.now());
  await stack.commands.revoke(data[0]?.id ?? '', {});
  await closes(revoked, outside);
  return { mapping, spaceId, otherSpaceId, booked, beside, subscribed, granted, manual, revoked };
}

function book(id: string, member: Member, spaceId: string): Promise<void> {
  return stack.deps.messages.changeSource(
    { kind: 'booking', id },
    {
      version: 1,
      memberIds: [member.id],
      spaceId,
      startsAt: iso(secondsFromNow(-60)),
      endsAt: iso(secondsFromNow(3_600)),
      status: 'confirmed',
    },
  );
}

function subscribe(id: string, member: Member, planId: string): Promise<void> {
  return stack.deps.messages.changeSource(
    { kind: 'membership', id },
    {
      version: 1,
      memberIds: [member.id],
      planId,
      locationId: 'loc_1',
      startsAt: iso(secondsFromNow(-60)),
      endsAt: null,
      status: 'active',
    },
  );
}

async function must<Value>(value: Promise<Value | null>): Promise<Value> {
  const there = await value;
  if (there === null) throw new Error('it should be there');
  return there;
}

const isOpen = (member: Member, lockId: number): boolean => stack.couldOpen(member, lockId);
const opens = (member: Member, lockId: number): Promise<boolean> =>
  eventually(
    () => isOpen(member, lockId),
    (open) => open,
  );
const closes = (member: Member, lockId: number): Promise<boolean> =>
  eventually(
    () => isOpen(member, lockId),
    (open) => !open,
  );

const changeDeps = (): Parameters<typeof changeMapping>[0] => ({
  store: stack.store,
  clock: stack.clock,
  kisi: stack.deps.kisi,
  sourceEvents: createSourceEvents(stack.client, stack.store),
});

type Patch = Parameters<typeof changeMapping>[2];

/** What the change would do; nothing that it touches is another afterwards. */
async function tried({ id }: DoorMapping, patch: Patch | 'delete'): Promise<AccessEffect> {
  const before = await stack.store.doorMappings.get(id);
  const options = { dryRun: true, by: BY };
  const { effect, job } = await (patch === 'delete'
    ? deleteMapping(changeDeps(), id, options)
    : changeMapping(changeDeps(), id, patch, options));
  expect(job).toBeNull();
  expect(await stack.store.doorMappings.get(id)).toEqual(before);
  if (!effect) throw new Error('a dry run has an effect');
  expect(effect.isComplete).toBe(true);
  return effect;
}

/** Changes it and waits until everybody has been told. */
async function done({ id }: DoorMapping, patch: Patch | 'delete'): Promise<void> {
  const options = { dryRun: false, by: BY };
  const { job } = await (patch === 'delete'
    ? deleteMapping(changeDeps(), id, options)
    : changeMapping(changeDeps(), id, patch, options));
  await eventually(
    () => stack.store.jobs.get(job?.id ?? ''),
    (read) => read?.state === 'done',
  );
}

const who = (shares: AccessEffect['gains']): string[] =>
  shares
    .map((share) => `${share.memberId} ${share.resourceType} ${String(share.resourceId)}`)
    .sort();
const all = (members: Member[], door: string): string[] =>
  members.map(({ id }) => `${id} ${door}`).sort();

it('points everybody at another door', async () => {
  const { mapping, booked, beside, subscribed, granted, revoked } = await holders();
  const having = [booked, subscribed, granted];
  const patch = { resourceId: inside };
  const effect = await tried(mapping, patch);
  expect(who(effect.loses)).toEqual(all(having, `lock ${String(outside)}`));
  expect(who(effect.gains)).toEqual(all(having, `lock ${String(inside)}`));
  expect(having.map((member) => isOpen(member, outside))).toEqual([true, true, true]);

  await done(mapping, patch);
  for (const member of having) {
    await opens(member, inside);
    await closes(member, outside);
  }
  for (const member of [beside, revoked]) {
    expect([isOpen(member, inside), isOpen(member, outside)]).toEqual([false, false]);
  }
});

it('opens a door that is mapped after its space was booked', async () => {
  const { store, integration } = stack;
  const member = await stack.newMember();
  await store.spaces.upsert({ id: 'spc_late', name: 'Late', locationId: 'loc_1' });
  await book('bk_late', member, 'spc_late');
  await eventually(
    () => store.bookings.get('bk_late'),
    (record) => record?.appliedVersion === 1,
  );
  expect(isOpen(member, outside)).toBe(false);
  const deps = changeDeps() as Parameters<typeof mapDoor>[0];
  await mapDoor(
    deps,
    {
      integrationId: integration.id,
      resourceType: 'lock',
      resourceId: outside,
      spaceId: 'spc_late',
    },
    'dm_late',
    BY,
  );
  await opens(member, outside);
});

it('moves it to another space: bookings change, plans and grants by hand stay without a gap', async () => {
  const scene = await holders();
  const { mapping, otherSpaceId, booked, beside, subscribed, granted } = scene;
  const patch = { spaceId: otherSpaceId };
  const effect = await tried(mapping, patch);
  expect(who(effect.loses)).toEqual(all([booked], `lock ${String(outside)}`));
  expect(who(effect.gains)).toEqual(all([beside], `lock ${String(outside)}`));

  const from = Date.now();
  await done(mapping, patch);
  await opens(beside, outside);
  await closes(booked, outside);
  for (const member of [subscribed, granted]) {
    expectNoGap(stack, member, outside, { from, until: Date.now() });
  }
});

it('turns a lock into a group, which serves everybody at the location', async () => {
  const { mapping, booked, beside, subscribed, granted, revoked } = await holders();
  const patch = { resourceType: 'group', resourceId: stack.group.id } as const;
  const effect = await tried(mapping, patch);
  const here = [booked, beside, subscribed, granted];
  const having = [booked, subscribed, granted];
  expect(who(effect.loses)).toEqual(all(having, `lock ${String(outside)}`));
  const gaining = who(effect.gains);
  const door = `group ${String(stack.group.id)}`;
  expect(gaining).toEqual(expect.arrayContaining(all(here, door)));
  expect(gaining).not.toContain(`${revoked.id} ${door}`);

  await done(mapping, patch);
  for (const member of here) {
    await opens(member, inside);
    await closes(member, outside);
  }
  // The admin revoked the grant of this mapping, whatever it leads to.
  expect(isOpen(revoked, inside)).toBe(false);
  await done(mapping, 'delete');
  for (const member of here) await closes(member, inside);
});

it('deletes it: all it opened is taken away, grants by hand are revoked, its log stays', async () => {
  const { mapping, booked, subscribed, granted, manual } = await holders();
  const having = [booked, subscribed, granted];
  const effect = await tried(mapping, 'delete');
  expect(who(effect.loses)).toEqual(all(having, `lock ${String(outside)}`));
  expect(effect.gains).toEqual([]);
  expect(having.map((member) => isOpen(member, outside))).toEqual([true, true, true]);

  await done(mapping, 'delete');
  for (const member of having) await closes(member, outside);
  const revoked = await stack.until(manual.id, (grant) => grant.provisioning === 'removed');
  expect(revoked).toMatchObject({ stops: ['admin'], reason: 'The door mapping was deleted.' });
  const filter = { doorMappingId: mapping.id, memberId: granted.id };
  const log = await stack.store.accessLog.list(filter, { limit: 50 });
  expect(log.data.map(({ action }) => action)).toEqual(expect.arrayContaining(['grant', 'revoke']));
});
