import { workflowIds } from '../../src/contracts/names';
import type { SourceRef } from '../../src/domain/source';
import { standsAsAsked } from '../../src/domain/source-asked';
import type { DoorMapping, Member, SourceRecord } from '../../src/store';
import { eventually } from '../support/eventually';
import { expectNoGap } from '../support/oracle';
import { startFastStack, type Stack } from '../support/stack';
import { secondsFromNow } from './support';

let stack: Stack;
let lock: DoorMapping;
let group: DoorMapping;

const place = { locationId: 'loc_1', spaceId: 'spc_1' };
const doorOf = (mapping: DoorMapping): number =>
  mapping.resourceType === 'lock' ? mapping.resourceId : (stack.group.lockIds[0] ?? 0);

beforeAll(async () => {
  stack = await startFastStack();
  await stack.store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'Europe/Berlin' });
  for (const id of ['spc_1', 'spc_2', 'spc_3']) {
    await stack.store.spaces.upsert({ id, name: id, locationId: 'loc_1' });
  }
  const outside = stack.locks.find((id) => !stack.group.lockIds.includes(id)) ?? 0;
  const made = await stack.lockMapping(outside);
  lock = await must(stack.store.doorMappings.update(made.id, place));
  const ofAll = await stack.groupMapping();
  group = await must(stack.store.doorMappings.update(ofAll.id, { locationId: 'loc_1' }));
});
afterAll(async () => {
  await stack.close();
});

async function must<Value>(value: Promise<Value | null>): Promise<Value> {
  const there = await value;
  if (there === null) throw new Error('it should be there');
  return there;
}

type Message = { version: number } & Record<string, unknown>;
const iso = (ms: number): string => new Date(ms).toISOString();
const recordOf = async ({ kind, id }: SourceRef): Promise<SourceRecord<unknown> | null> =>
  kind === 'booking' ? stack.store.bookings.get(id) : stack.store.memberships.get(id);

/** Sends the message and waits until all its grants are as it wants them. */
async function send(source: SourceRef, message: Message) {
  await stack.deps.messages.changeSource(source, message);
  const record = await eventually(
    () => recordOf(source),
    (read) => (read?.appliedVersion ?? -1) >= message.version,
  );
  for (const asked of record?.asked ?? []) {
    await eventually(
      () => stack.store.grants.get(asked.grantId),
      (grant) => standsAsAsked(asked, grant, Date.now()),
    );
  }
  return record;
}

function booking(member: Member, change: Record<string, unknown> = {}): Message {
  const given = {
    version: 1,
    memberIds: [member.id],
    spaceId: 'spc_1',
    startsAt: iso(secondsFromNow(-60)),
    endsAt: iso(secondsFromNow(3_600)),
    status: 'confirmed',
  };
  return { ...given, ...change };
}

const opens = (member: Member, mapping: DoorMapping): boolean =>
  stack.couldOpen(member, doorOf(mapping));

describe('a booking', () => {
  it('opens its lock and the groups of its location while it is confirmed', async () => {
    const member = await stack.newMember();
    const source = { kind: 'booking', id: 'bk_confirmed' } as const;
    await send(source, booking(member, { status: 'pending' }));
    expect([opens(member, lock), opens(member, group)]).toEqual([false, false]);
    await send(source, booking(member, { version: 2 }));
    expect([opens(member, lock), opens(member, group)]).toEqual([true, true]);
    await send(source, booking(member, { version: 3, status: 'cancelled' }));
    expect([opens(member, lock), opens(member, group)]).toEqual([false, false]);
    await send(source, booking(member, { version: 4 }));
    expect(opens(member, lock)).toBe(true);
    await send(source, { version: 5, deleted: true });
    expect([opens(member, lock), opens(member, group)]).toEqual([false, false]);
  });

  it('follows its dates, members and space; older and malformed messages change nothing', async () => {
    const [ada, bob] = [await stack.newMember(), await stack.newMember()];
    const source = { kind: 'booking', id: 'bk_moved' } as const;
    await send(source, booking(ada, { version: 10 }));
    await send(source, booking(ada, { version: 11, startsAt: iso(secondsFromNow(1_800)) }));
    expect(opens(ada, lock)).toBe(false);
    await send(source, booking(ada, { version: 12, memberIds: [bob.id, ada.id] }));
    expect([opens(ada, lock), opens(bob, lock)]).toEqual([true, true]);
    await send(source, booking(bob, { version: 13, spaceId: 'spc_2' }));
    expect([opens(ada, lock), opens(bob, lock), opens(bob, group)]).toEqual([false, false, true]);

    await stack.deps.messages.changeSource(source, booking(ada, { version: 12 }));
    await stack.deps.messages.changeSource(source, { version: 'next' });
    const handle = stack.client.workflow.getHandle(workflowIds.source(source));
    expect(await handle.result()).toMatchObject({
      ignored: [
        expect.stringContaining('version 12 is older'),
        expect.stringMatching(/malformed: version: .*memberIds/),
      ] as unknown,
    });
    expect([opens(ada, lock), opens(bob, lock)]).toEqual([false, false]);
  });

  it('keeps a door open that the next space shares, without a gap', async () => {
    const member = await stack.newMember();
    const source = { kind: 'booking', id: 'bk_shared' } as const;
    const again = await stack.lockMapping(lock.resourceId);
    await stack.store.doorMappings.update(again.id, { locationId: 'loc_1', spaceId: 'spc_3' });
    await stack.store.kisiDoors.putLocks(lock.organizationId, [], Date.now());
    await send(source, booking(member));
    const from = Date.now();
    await send(source, booking(member, { version: 2, spaceId: 'spc_3' }));
    expectNoGap(stack, member, lock.resourceId, { from, until: Date.now() });
  });

  it('stays revoked by an admin through date changes until it is restored', async () => {
    const member = await stack.newMember();
    const source = { kind: 'booking', id: 'bk_revoked' } as const;
    const record = await send(source, booking(member));
    const mine = record?.asked.find(({ doorMappingId }) => doorMappingId === lock.id);
    const grantId = mine?.grantId ?? '';
    await stack.commands.revoke(grantId, {});
    await send(source, booking(member, { version: 2, endsAt: iso(secondsFromNow(7_200)) }));
    expect([opens(member, lock), opens(member, group)]).toEqual([false, true]);
    await stack.commands.restore(grantId, {});
    expect(opens(member, lock)).toBe(true);
    await send(source, booking(member, { version: 3, status: 'cancelled' }));
    expect(await stack.commands.restore(grantId, {})).toMatchObject({
      outcome: 'refused',
      refusal: 'source_stopped',
    });
    expect(opens(member, lock)).toBe(false);
  });
});

describe('a membership', () => {
  it('opens what its plan lists and the groups of its location while it is active', async () => {
    const member = await stack.newMember();
    const source = { kind: 'membership', id: 'ms_1' } as const;
    await stack.store.plans.upsert({ id: 'pln_1', name: 'Flex' });
    const active = {
      version: 1,
      memberIds: [member.id],
      planId: 'pln_1',
      locationId: 'loc_1',
      startsAt: iso(secondsFromNow(-60)),
      endsAt: null,
      status: 'active',
    };
    await send(source, active);
    expect([opens(member, lock), opens(member, group)]).toEqual([false, true]);
    await stack.store.plans.addDoor('pln_1', lock.id);
    await stack.client.workflow.execute('applyMappingChange', {
      workflowId: 'mapping-change:job_1',
      taskQueue: 'access-workflows',
      args: [{ change: { kind: 'plan', planId: 'pln_1' }, jobId: 'job_1' }],
    });
    await eventually(
      () => opens(member, lock),
      (open) => open,
    );
    await send(source, { ...active, version: 2, status: 'paused' });
    expect([opens(member, lock), opens(member, group)]).toEqual([false, false]);
    await send(source, { ...active, version: 3 });
    expect([opens(member, lock), opens(member, group)]).toEqual([true, true]);
  });
});
