import { startStack, type Stack } from '../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
});
afterAll(async () => {
  await stack.close();
});

describe('a grant', () => {
  it('gives access now and takes it away at its end, both by Kisi itself', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const startsAt = Math.floor(Date.now() / 1000) * 1000;
    const grant = await stack.grant({ member, mapping, startsAt, endsAt: startsAt + 6_000 });
    const settled = await stack.settled(grant.id);
    expect(settled.provisioning).toBe('in_place');
    expect(stack.couldOpen(member, mapping.resourceId)).toBe(true);
    expect(stack.couldOpen(member, mapping.resourceId, startsAt + 5_999)).toBe(true);
    expect(stack.couldOpen(member, mapping.resourceId, startsAt + 6_000)).toBe(false);
  });

  it('is revoked at once and restored at once', async () => {
    const member = await stack.newMember();
    const mapping = await stack.lockMapping();
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    const revoked = await stack.commands.revoke(grant.id, { reason: 'lost card' });
    expect(revoked).toMatchObject({ outcome: 'answered', grant: { settled: true, provisioning: 'removed', stops: ['admin'] } });
    expect(stack.couldOpen(member, mapping.resourceId)).toBe(false);
    expect(stack.rowsOf(member)).toEqual([]);
    const restored = await stack.commands.restore(grant.id, {});
    expect(restored).toMatchObject({ outcome: 'answered', grant: { settled: true, provisioning: 'in_place', stops: [] } });
    expect(stack.couldOpen(member, mapping.resourceId)).toBe(true);
  });
});
