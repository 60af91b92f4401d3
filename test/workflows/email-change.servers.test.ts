import type { SwitchesPatch } from '../../simulator';
import { saveMember } from '../../src/access/save-member';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping, Member } from '../../src/store';
import { eventually } from '../support/eventually';
import { startFastStack, type Stack } from '../support/stack';

const SAMPLE_EVERY_MS = 2;
const SECOND_ROWS: SwitchesPatch['duplicateGrant'][] = ['newRow', 'conflict'];

describe.each(SECOND_ROWS)(
  'a member’s e-mail address changes (second row: %s)',
  (duplicateGrant) => {
    let stack: Stack;
    let lockMapping: DoorMapping;
    let otherLock: DoorMapping;
    let groupMapping: DoorMapping;
    beforeAll(async () => {
      stack = await startFastStack();
      stack.simulator.setSwitches({ duplicateGrant });
      lockMapping = await stack.lockMapping();
      otherLock = await stack.lockMapping(stack.locks[1] ?? 0);
      groupMapping = await stack.groupMapping();
    });
    afterAll(async () => {
      await stack.close();
    });

    /** As the API does it. */
    function changeAddress(member: Member, email: string): Promise<Member> {
      const deps = { store: stack.store, messages: stack.deps.messages };
      return saveMember(deps, { ...member, email });
    }

    /** Several grants at once: two doors of their own, a group twice, and one that begins tomorrow. */
    async function withGrants(): Promise<{ member: Member; grants: Grant[] }> {
      const member = await stack.newMember();
      const tomorrow = Date.now() + 24 * 3_600_000;
      const grants = await Promise.all([
        stack.grant({ member, mapping: lockMapping }),
        stack.grant({ member, mapping: otherLock, endsAt: null }),
        stack.grant({ member, mapping: groupMapping }),
        stack.grant({ member, mapping: groupMapping, startsAt: tomorrow }),
      ]);
      for (const { id } of grants) await stack.settled(id);
      return { member, grants };
    }

    const doors = (): number[] => [
      ...new Set([lockMapping.resourceId, otherLock.resourceId, ...stack.group.lockIds]),
    ];

    const userWith = (email: string) =>
      stack.simulator.state().users.find((user) => user.email === email);

    /** Instants (ms UTC) of the span at which neither account of the member could open some door. */
    function gaps(accounts: readonly Member[], from: number, until: number): string[] {
      const found: string[] = [];
      for (let at = from; at < until; at += SAMPLE_EVERY_MS) {
        for (const lockId of doors()) {
          if (!accounts.some((account) => stack.couldOpen(account, lockId, at))) {
            found.push(`lock ${String(lockId)}, ${String(at - from)} ms`);
          }
        }
      }
      return found;
    }

    it('at no instant may neither account open, and at the end only the new one may', async () => {
      const { member, grants } = await withGrants();
      const from = Date.now();
      const moved = await changeAddress(member, `new-${member.email}`);
      await eventually(
        () => userWith(member.email),
        (user) => user === undefined,
      );
      const until = Date.now();

      expect(gaps([member, moved], from, until)).toEqual([]);
      for (const lockId of doors()) expect(stack.couldOpen(moved, lockId, until)).toBe(true);
      expect(stack.rowsOf(moved)).toHaveLength(duplicateGrant === 'newRow' ? 4 : 3);
      expect(stack.rowsOf(member)).toEqual([]);
      for (const { id } of grants) {
        expect((await stack.read(id)).provisioning).toMatch(/in_place|queued/);
      }
    });

    it('there and back at once: the first account is kept, the second is gone again', async () => {
      const { member } = await withGrants();
      const from = Date.now();
      const moved = await changeAddress(member, `back-${member.email}`);
      await eventually(
        () => stack.rowsOf(moved).length,
        (rows) => rows > 0,
      );
      await changeAddress(moved, member.email);
      await eventually(
        () => userWith(moved.email),
        (user) => user === undefined,
      );
      const until = Date.now();
      expect(gaps([member, moved], from, until)).toEqual([]);
      for (const lockId of doors()) expect(stack.couldOpen(member, lockId, until)).toBe(true);
    });

    it('while no user can be made for the new address the former account still opens', async () => {
      const { member, grants } = await withGrants();
      stack.simulator.addFault({
        kind: 'answerBefore',
        method: 'POST',
        path: '/users',
        status: 422,
        body: { errors: { email: ['is not allowed'] } },
      });
      const from = Date.now();
      const moved = await changeAddress(member, `refused-${member.email}`);
      await eventually(
        () => stack.simulator.requests().filter(({ status }) => status === 422).length,
        (refusals) => refusals >= grants.length - 1,
      );
      expect(gaps([member], from, Date.now())).toEqual([]);

      stack.simulator.clearFaults();
      await stack.commands.retryNow(grants[0]?.id ?? '', {});
      await eventually(
        () => stack.rowsOf(moved).length,
        (rows) => rows > 0,
      );
      expect(gaps([member, moved], from, Date.now())).toEqual([]);
    });

    it('a former user that somebody else made, or that holds something else, stays', async () => {
      const member = await stack.newMember();
      const { organizationId } = stack.integration;
      const theirs = stack.simulator.drift({
        kind: 'addUser',
        organizationId,
        email: member.email,
      });
      const { id } = await stack.grant({ member, mapping: lockMapping });
      await stack.settled(id);
      await changeAddress(member, `gone-${member.email}`);
      await eventually(
        () => stack.store.memberLinks.get(organizationId, member.id),
        (link) => link !== null && link.kisiUserId !== theirs && link.formerUserIds.length === 0,
      );
      expect(userWith(member.email)?.id).toBe(theirs);
      expect(stack.rowsOf(member)).toEqual([]);

      const second = await withGrants();
      const ours = userWith(second.member.email)?.id ?? 0;
      const foreign = stack.simulator.drift({
        kind: 'addRow',
        assigneeId: ours,
        groupId: stack.group.id,
        roleId: 'group_manager',
      });
      await changeAddress(second.member, `kept-${second.member.email}`);
      await eventually(
        () => stack.rowsOf(second.member).map((row) => row.id),
        (rows) => rows.length === 1,
      );
      expect(stack.rowsOf(second.member)).toMatchObject([{ id: foreign }]);
      expect(userWith(second.member.email)?.id).toBe(ours);
    });
  },
);
