import { passKey } from '../../src/domain/door';
import { eventually } from '../support/eventually';
import { expectNoGap } from '../support/oracle';
import { startFastStack, type Stack } from '../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startFastStack();
});
afterAll(async () => {
  await stack.close();
});

describe('a mapping that is pointed at a group with the same lock in it', () => {
  it('leaves no gap at that lock, and nothing behind at the former one', async () => {
    const { store, deps, group } = stack;
    const lockId = group.lockIds[0] ?? 0;
    const { organizationId } = stack.integration;
    await store.kisiDoors.putGroups(
      organizationId,
      [
        {
          groupId: group.id,
          lockIds: group.lockIds,
          name: 'Common areas',
          loginEnabled: true,
          geofenceRestrictionEnabled: false,
          primaryDeviceRestrictionEnabled: false,
          managedDeviceRestrictionEnabled: false,
          readerRestrictionEnabled: false,
          timeRestrictionEnabled: false,
          tapToAccessRestrictionEnabled: false,
        },
      ],
      Date.now(),
    );
    const member = await stack.newMember();
    const mapping = await stack.lockMapping(lockId);
    const { id } = await stack.grant({ member, mapping, endsAt: null });
    await stack.settled(id);
    stack.simulator.setSwitches({ latencyMs: 200 });

    const from = Date.now();
    await store.doorMappings.update(mapping.id, { resourceType: 'group', resourceId: group.id });
    const { revision } = await stack.read(id);
    await deps.messages.askGrantAgain(id);
    await stack.until(id, (grant) => grant.revision > revision && grant.settled);
    expectNoGap(stack, member, lockId, { from, until: Date.now() });
    for (const other of group.lockIds) expect(stack.couldOpen(member, other)).toBe(true);
    await eventually(
      () => stack.rowsOf(member).map(({ groupId }) => groupId),
      (groupIds) => groupIds.length === 1 && groupIds[0] === group.id,
    );
    const target = { kind: 'lock' as const, id: lockId };
    const wishes = await store.wishes.byPass(
      passKey({ memberId: member.id, organizationId, target }),
    );
    expect(wishes).toMatchObject([{ wanted: false }]);
  });
});
