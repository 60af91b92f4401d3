import { setTimeout as sleep } from 'node:timers/promises';
import type { Grant } from '../../src/domain/grant';
import { expectNoGap } from '../support/oracle';
import { build, BUILD_TIMEOUT_MS, withInstallation } from '../support/processes';
import { fromNow, hostOf, iso } from './host';
import { judgeSince, outcomesOf, timesDone } from './verdict';

const HOUR = 3_600_000;
/** The prober asks every ten seconds; then the passes take their turns. */
const HEALED_WITHIN_MS = 45_000;
/** A document is waited for longer, so that it is the bound above that is judged. */
const PATIENCE_MS = 60_000;

interface OutageAnswer {
  outage: { type: string; from: string; until: string | null } | null;
  data: { missed: string; isMended: boolean; member: { id: string } }[];
}

/** Whom the outage touched, and how; in order. */
function touchedBy({ data }: OutageAnswer): string[][] {
  return data.map(({ member, missed }) => [member.id, missed]).sort();
}

beforeAll(build, BUILD_TIMEOUT_MS);

describe('a Kisi that does not answer', () => {
  it('is out for a while: what was accepted meanwhile is done as soon as it is back', async () => {
    await withInstallation({}, async (installation) => {
      const { api, simulator, until, rowsOf } = installation;
      const host = hostOf(installation);
      const begun = Date.now();
      const organization = await host.connect('Outage', 2);
      const [lockId = 0, newLockId = 0] = organization.lockIds;
      const mapping = await host.map(organization, lockId);
      const newMapping = await host.map(organization, newLockId);
      const members = await Promise.all([...Array(4).keys()].map(() => host.newMember()));
      const [kept, revoked, ended, extended] = members;
      if (!kept || !revoked || !ended || !extended) throw new Error('too few members');
      const grantOf = async (
        member: typeof kept,
        more: { endsAt?: number } = {},
        door = mapping,
      ): Promise<string> => (await host.grant(member, door, more)).body.id;
      const settledGrant = async (member: typeof kept, endsAt?: number): Promise<string> => {
        const id = await grantOf(member, endsAt === undefined ? {} : { endsAt });
        await installation.settled(id);
        return id;
      };
      const ids = {
        kept: await settledGrant(kept),
        revoked: await settledGrant(revoked),
        extended: await settledGrant(extended),
        ended: await settledGrant(ended, fromNow(12_000)),
      };

      simulator.setSwitches({ outage: 'unavailable' });
      const newcomer = await host.newMember();
      const accepted = await host.grant(newcomer, mapping);
      expect(accepted.status).toBe(202);
      expect(accepted.body).toMatchObject({ settled: false });
      const newDoor = await grantOf(newcomer, {}, newMapping);
      const until2 = fromNow(2 * HOUR);
      const changes = await Promise.all([
        api.send('POST', `/v1/grants/${ids.revoked}/revoke`, { body: {} }),
        api.send('PATCH', `/v1/grants/${ids.extended}`, { body: { endsAt: iso(until2) } }),
      ]);
      expect(changes.map(({ status }) => status)).toEqual([202, 202]);
      const booker = await host.newMember();
      const booked = await api.send<{ doors: { grantId: string }[] }>(
        'PUT',
        '/v1/bookings/bkg_outage',
        {
          body: {
            version: 1,
            memberIds: [booker.id],
            spaceId: organization.spaceId,
            startsAt: iso(fromNow(-60_000)),
            endsAt: iso(fromNow(HOUR)),
            status: 'confirmed',
          },
        },
      );
      expect(booked).toMatchObject({ status: 202, body: { settled: false } });
      // One fault of the integration, which says so; and the grants say what they wait for.
      const bookedIds = booked.body.doors.map(({ grantId }) => grantId);
      expect(bookedIds).toHaveLength(2);
      for (const id of [accepted.body.id, newDoor, ...bookedIds]) {
        await until(id, ({ problem }) => problem?.type === 'kisi_unavailable');
      }
      await until(ids.revoked, ({ stops }) => stops.includes('admin'));
      expect(await api.ok('GET', '/v1/bookings/bkg_outage')).toMatchObject({
        doors: [
          { problem: { type: 'kisi_unavailable' } },
          { problem: { type: 'kisi_unavailable' } },
        ],
      });
      // Whoever stands at the door can be told why, and let in by hand.
      const touched = [
        [booker.id, 'start'],
        [booker.id, 'start'],
        [newcomer.id, 'start'],
        [newcomer.id, 'start'],
        [revoked.id, 'end'],
      ];
      const outage = `/v1/integrations/${organization.integrationId}/outage`;
      const during = await api.ok<OutageAnswer>('GET', outage);
      expect(during.outage).toMatchObject({ type: 'kisi_unavailable', until: null });
      expect(touchedBy(during)).toEqual(touched.sort());
      expect(during.data.filter(({ isMended }) => isMended)).toEqual([]);
      const why = `/v1/members/${newcomer.id}/explain?doorMappingId=${mapping}`;
      expect(await api.ok('GET', why)).toMatchObject({
        open: 'unknown',
        basis: 'stored',
        summary: expect.stringContaining('The connection to Kisi is in trouble') as unknown,
      });
      await sleep(15_000);
      simulator.setSwitches({ outage: 'none' });
      const healedAt = Date.now();

      const isRemoved = (grant: Grant): boolean =>
        grant.provisioning === 'removed' && grant.settled;
      const isInPlace = (grant: Grant): boolean => grant.provisioning === 'in_place';
      await until(ids.revoked, isRemoved, PATIENCE_MS);
      for (const id of [accepted.body.id, newDoor, ...bookedIds]) {
        await until(id, isInPlace, PATIENCE_MS);
      }
      await until(ids.extended, (grant) => grant.settled, PATIENCE_MS);
      expect(Date.now() - healedAt).toBeLessThan(HEALED_WITHIN_MS);
      // Its end came while Kisi was out: Kisi's own clock closed the door; the row is cleaned later.
      expect((await installation.store.grants.get(ids.ended))?.endsAt).toBeLessThan(healedAt);
      expect(simulator.couldOpen({ email: ended.email, lockId }).open).toBe(false);

      expect(rowsOf(revoked)).toEqual([]);
      expect(rowsOf(kept)).toHaveLength(1);
      expect(rowsOf(extended)).toMatchObject([{ from: null, until: iso(until2) }]);
      expect(rowsOf(newcomer)).toHaveLength(2);
      expect(await outcomesOf(installation, accepted.body.id)).toEqual([
        'grant accepted',
        'grant in_place',
      ]);
      expect(await outcomesOf(installation, ids.revoked)).toEqual([
        'grant accepted',
        'grant in_place',
        'revoke accepted',
        'revoke removed',
      ]);
      for (const member of [...members, newcomer]) {
        await judgeSince(installation, member, lockId, begun);
      }
      await judgeSince(installation, newcomer, newLockId, begun);
      const health = `/v1/integrations/${organization.integrationId}/health`;
      expect(await api.ok('GET', health)).toMatchObject({ state: 'ok', fault: null });
      const after = await api.ok<OutageAnswer>('GET', outage);
      expect(after.outage?.until).toEqual(expect.any(String));
      expect(touchedBy(after)).toEqual(touched.sort());
      expect(after.data.filter(({ isMended }) => !isMended)).toEqual([]);
      expect(await api.ok('GET', why)).toMatchObject({ open: 'yes', basis: 'live' });
    });
  }, 180_000);

  it('does what it is asked and loses the reply: each is done once', async () => {
    await withInstallation({}, async (installation) => {
      const { api, simulator, settled, rowsOf } = installation;
      simulator.setSwitches({ duplicateGrant: 'newRow' });
      const host = hostOf(installation);
      const begun = Date.now();
      const organization = await host.connect('Lost replies', 1);
      const { organizationId } = organization;
      const [lockId = 0] = organization.lockIds;
      const member = await host.newMember();
      const loseReply = (method: 'POST' | 'PATCH' | 'DELETE', path: string): (() => void) => {
        const { id } = simulator.addFault({
          kind: 'dropAfter',
          method,
          path,
          organizationId,
          count: 1,
        });
        return () => {
          expect(simulator.fault(id)).toMatchObject({ hits: 1 });
        };
      };
      const firstLosses = [
        loseReply('POST', '/groups'),
        loseReply('POST', '/group_locks'),
        loseReply('POST', '/users'),
      ];
      const mapping = await host.map(organization, lockId);
      const first = await host.grant(await host.newMember(), mapping);
      await settled(first.body.id);
      for (const expectLost of firstLosses) expectLost();

      const expectCreateLost = loseReply('POST', '/role_assignments');
      const { body } = await host.grant(member, mapping, { endsAt: fromNow(HOUR) });
      const granted = await settled(body.id);
      expect(granted.provisioning).toBe('in_place');
      expectCreateLost();
      expect(rowsOf(member)).toHaveLength(1);

      const expectPatchLost = loseReply('PATCH', '/role_assignments/*');
      const endsAt = fromNow(2 * HOUR);
      await api.ok('PATCH', `/v1/grants/${body.id}`, { endsAt: iso(endsAt) });
      await installation.until(body.id, (grant) => grant.settled && grant.endsAt === endsAt);
      expectPatchLost();
      expect(rowsOf(member)).toMatchObject([{ from: null, until: iso(endsAt) }]);
      expectNoGap(installation, member, lockId, {
        from: granted.inPlaceAt ?? 0,
        until: Date.now(),
      });

      const expectDeleteLost = loseReply('DELETE', '/role_assignments/*');
      await api.ok('POST', `/v1/grants/${body.id}/revoke`, {});
      await installation.until(body.id, (grant) => grant.provisioning === 'removed');
      expectDeleteLost();
      expect(rowsOf(member)).toEqual([]);

      const { users, groupLocks } = simulator.state();
      expect(users.filter((user) => user.organizationId === organizationId)).toHaveLength(3);
      expect(groupLocks.filter((held) => held.lockId === lockId)).toHaveLength(1);
      const posted = { method: 'POST', path: /^\/role_assignments$/, organizationId };
      expect(timesDone(installation, posted, begun)).toBe(2);
      expect(await outcomesOf(installation, body.id)).toEqual([
        'grant accepted',
        'grant in_place',
        'change accepted',
        'change in_place',
        'revoke accepted',
        'revoke removed',
      ]);
      await judgeSince(installation, member, lockId, begun);
    });
  }, 90_000);
});
