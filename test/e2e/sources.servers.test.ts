import { setTimeout as sleep } from 'node:timers/promises';
import type { Member } from '../../src/store';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { fromNow, hostOf, iso, type Connected, type Host } from './host';
import { judgeSince } from './verdict';

jest.setTimeout(180_000);
beforeAll(build, BUILD_TIMEOUT_MS);

const HOUR = 3_600_000;
const MINUTE = 60_000;

interface SourceAnswer {
  settled: boolean;
  acceptedVersion: number;
  doors: { grantId: string; memberId: string; doorMappingId: string }[];
  warnings: { code: string }[];
}

/** A booking platform with one house: two rooms, each with a lock, and a lock that only a plan opens. */
class House {
  constructor(
    readonly installation: Installation,
    readonly host: Host,
    readonly organization: Connected,
    readonly mappings: readonly [string, string, string],
  ) {}

  static async open(installation: Installation): Promise<House> {
    const host = hostOf(installation);
    const organization = await host.connect('Booked House', 3);
    const locationId = locationOf(organization);
    const { api } = installation;
    await api.ok('PUT', `/v1/spaces/${otherRoomOf(organization)}`, { name: 'Other', locationId });
    const [room, otherRoom, office] = organization.lockIds.map((resourceId) => resourceId);
    const map = async (resourceId = 0, place: object): Promise<string> => {
      const { integrationId } = organization;
      const body = { integrationId, resourceType: 'lock', resourceId, ...place };
      return (await api.ok<{ id: string }>('POST', '/v1/door-mappings', body)).id;
    };
    return new House(installation, host, organization, [
      await map(room, { spaceId: organization.spaceId }),
      await map(otherRoom, { spaceId: otherRoomOf(organization) }),
      await map(office, { locationId }),
    ]);
  }

  /** What the platform says of a booking; answers once Kisi shows it. */
  async book(id: string, version: number, body: object): Promise<SourceAnswer> {
    return this.#say(`/v1/bookings/${id}`, {
      version,
      spaceId: this.organization.spaceId,
      startsAt: iso(fromNow(-MINUTE)),
      endsAt: iso(fromNow(HOUR)),
      status: 'confirmed',
      ...body,
    });
  }

  async subscribe(id: string, version: number, body: object): Promise<SourceAnswer> {
    return this.#say(`/v1/memberships/${id}`, {
      version,
      locationId: locationOf(this.organization),
      startsAt: iso(fromNow(-MINUTE)),
      endsAt: null,
      status: 'active',
      ...body,
    });
  }

  async #say(path: string, body: object): Promise<SourceAnswer> {
    const { api } = this.installation;
    let answer = await api.ok<SourceAnswer>('PUT', path, body);
    for (let tries = 0; !answer.settled && tries < 200; tries += 1) {
      await sleep(100);
      answer = await api.ok<SourceAnswer>('GET', path);
    }
    expect(answer.settled).toBe(true);
    return answer;
  }

  /** Which of the three locks the member could open now, by the ledger. */
  opens({ email }: Member): boolean[] {
    return this.organization.lockIds.map(
      (lockId) => this.installation.simulator.couldOpen({ email, lockId }).open,
    );
  }

  async untilOpens(member: Member, wanted: boolean[]): Promise<void> {
    for (let tries = 0; tries < 200; tries += 1) {
      if (JSON.stringify(this.opens(member)) === JSON.stringify(wanted)) return;
      await sleep(100);
    }
    expect(this.opens(member)).toEqual(wanted);
  }

  async judge(members: readonly Member[], since: number): Promise<void> {
    for (const member of members) {
      for (const lockId of this.organization.lockIds) {
        await judgeSince(this.installation, member, lockId, since);
      }
    }
  }
}

function locationOf({ organizationId }: Connected): string {
  return `loc_${String(organizationId)}`;
}

function otherRoomOf({ organizationId }: Connected): string {
  return `spc_other_${String(organizationId)}`;
}

const NONE = [false, false, false];

describe('bookings and memberships over HTTP, by the ledger', () => {
  it('open, move and take doors; what an admin revoked stays so until it is restored', async () => {
    await withInstallation({}, async (installation) => {
      const house = await House.open(installation);
      const { api } = installation;
      const begun = Date.now();
      const [ada, bob] = [await house.host.newMember(), await house.host.newMember()];
      const memberIds = [ada.id, bob.id];

      await house.book('bkg', 1, { memberIds, status: 'pending' });
      expect([house.opens(ada), house.opens(bob)]).toEqual([NONE, NONE]);
      const confirmed = await house.book('bkg', 2, { memberIds });
      expect(confirmed.doors.map(({ memberId }) => memberId).sort()).toEqual([...memberIds].sort());
      const room = [true, false, false];
      expect([house.opens(ada), house.opens(bob)]).toEqual([room, room]);

      const grantId = confirmed.doors.find(({ memberId }) => memberId === ada.id)?.grantId ?? '';
      const patch = { body: { endsAt: iso(fromNow(2 * HOUR)) } };
      const byHand = await api.send('PATCH', `/v1/grants/${grantId}`, patch);
      expect([byHand.status, byHand.body['code']]).toEqual([409, 'follows_source']);
      await api.ok('POST', `/v1/grants/${grantId}/revoke`, { reason: 'Lost badge' });
      await house.book('bkg', 3, { memberIds, endsAt: iso(fromNow(2 * HOUR)) });
      expect([house.opens(ada), house.opens(bob)]).toEqual([NONE, room]);
      await api.ok('POST', `/v1/grants/${grantId}/restore`);
      await house.untilOpens(ada, room);

      await house.book('bkg', 4, { memberIds, spaceId: otherRoomOf(house.organization) });
      const other = [false, true, false];
      expect([house.opens(ada), house.opens(bob)]).toEqual([other, other]);
      await house.book('bkg', 5, { memberIds: [bob.id], startsAt: iso(fromNow(HOUR / 2)) });
      expect([house.opens(ada), house.opens(bob)]).toEqual([NONE, NONE]);
      await house.book('bkg', 6, { memberIds: [ada.id] });
      expect([house.opens(ada), house.opens(bob)]).toEqual([room, NONE]);
      await house.book('bkg', 7, { memberIds: [ada.id], status: 'cancelled' });
      expect(house.opens(ada)).toEqual(NONE);
      const restore = await api.send('POST', `/v1/grants/${grantId}/restore`);
      expect([restore.status, restore.body['code']]).toEqual([409, 'source_stopped']);
      await house.judge([ada, bob], begun);
    });
  });

  it('an import brings all at once; a change of a plan reaches its members as it was tried out', async () => {
    await withInstallation({}, async (installation) => {
      const house = await House.open(installation);
      const { api } = installation;
      const begun = Date.now();
      const office = house.mappings[2];
      await api.ok('PUT', '/v1/plans/pln_desk', { name: 'Desk' });
      const ids = [1, 2, 3].map((number) => `mem_import_${String(number)}`);
      const membership = {
        version: 1,
        planId: 'pln_desk',
        locationId: locationOf(house.organization),
        startsAt: iso(fromNow(-MINUTE)),
        endsAt: null,
        status: 'active',
      };
      const job = await api.ok<{ id: string }>('POST', '/v1/imports', {
        members: ids.map((id) => ({ id, email: `${id}@example.com` })),
        memberships: ids.map((id) => ({ ...membership, id: `mbs_${id}`, memberIds: [id] })),
        bookings: [
          {
            id: 'bkg_import',
            version: 1,
            memberIds: [ids[0]],
            spaceId: house.organization.spaceId,
            startsAt: iso(fromNow(-MINUTE)),
            endsAt: iso(fromNow(HOUR)),
            status: 'confirmed',
          },
          { id: 'bkg_faulty' },
        ],
      });
      const ended = await untilEnded(installation, job.id);
      expect(ended).toMatchObject({
        state: 'done',
        done: 8,
        total: 8,
        result: { accepted: 7, older: 0, invalidCount: 1, invalid: [{ id: 'bkg_faulty' }] },
      });
      const members = await installation.store.members.getMany(ids);
      const [first, second] = ids.map((id) => members.find((member) => member.id === id));
      if (first === undefined || second === undefined) throw new Error('nobody was imported');
      await house.untilOpens(first, [true, false, false]);
      expect(house.opens(second)).toEqual(NONE);

      const doors = '/v1/plans/pln_desk/door-access';
      const body = { doorMappingId: office };
      const gain = await api.ok<{ gains: { memberId: string }[] }>(
        'POST',
        `${doors}?dryRun=true`,
        body,
      );
      expect(gain.gains.map(({ memberId }) => memberId).sort()).toEqual(ids);
      expect(house.opens(second)).toEqual(NONE);
      const added = await api.ok<{ id: string }>('POST', doors, body);
      await untilEnded(installation, added.id);
      await house.untilOpens(second, [false, false, true]);
      await house.untilOpens(first, [true, false, true]);

      await house.subscribe('mbs_mem_import_2', 2, {
        memberIds: [second.id],
        planId: 'pln_desk',
        status: 'paused',
      });
      expect(house.opens(second)).toEqual(NONE);
      const removed = await api.ok<{ id: string }>('DELETE', `${doors}/${office}`);
      await untilEnded(installation, removed.id);
      await house.untilOpens(first, [true, false, false]);
      await house.judge([first, second], begun);
    });
  });

  it('early and late minutes stop at the neighbour, and follow when the neighbour moves', async () => {
    await withInstallation({}, async (installation) => {
      const house = await House.open(installation);
      const [ada, bob] = [await house.host.newMember(), await house.host.newMember()];
      const noon = fromNow(24 * HOUR);
      const at = (minutes: number): string => iso(noon + minutes * MINUTE);
      const windowOf = (member: Member): (string | null)[] =>
        installation.rowsOf(member).flatMap(({ from, until }) => [from, until]);
      const becomes = async (member: Member, window: string[]): Promise<void> => {
        for (let tries = 0; tries < 200; tries += 1) {
          if (JSON.stringify(windowOf(member)) === JSON.stringify(window)) return;
          await sleep(100);
        }
        expect(windowOf(member)).toEqual(window);
      };
      const first = { memberIds: [ada.id], startsAt: at(0), endsAt: at(60) };
      await house.book('first', 1, first);
      await becomes(ada, [at(0), at(60)]);

      const { spaceId } = house.organization;
      await installation.api.ok('PUT', `/v1/spaces/${spaceId}`, {
        name: 'Room',
        locationId: locationOf(house.organization),
        earlyMinutes: 10,
        lateMinutes: 15,
      });
      await becomes(ada, [at(-10), at(75)]);

      // Whoever comes five minutes after her end has the room until and from then.
      await house.book('next', 1, { memberIds: [bob.id], startsAt: at(65), endsAt: at(120) });
      await becomes(ada, [at(-10), at(65)]);
      await becomes(bob, [at(60), at(135)]);

      await house.book('next', 2, { memberIds: [bob.id], startsAt: at(300), endsAt: at(360) });
      await becomes(ada, [at(-10), at(75)]);
      await becomes(bob, [at(290), at(375)]);
    });
  });
});

async function untilEnded({ api }: Installation, jobId: string): Promise<Record<string, unknown>> {
  for (let tries = 0; tries < 200; tries += 1) {
    const job = await api.ok('GET', `/v1/jobs/${jobId}`);
    if (job['state'] !== 'running') return job;
    await sleep(100);
  }
  throw new Error(`The job ${jobId} does not end`);
}
