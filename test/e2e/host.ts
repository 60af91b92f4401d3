import { randomUUID } from 'node:crypto';
import type { SeedInput } from '../../simulator';
import { wholeSecond } from '../../src/domain/windows';
import type { Member } from '../../src/store';
import type { ApiAnswer } from '../support/api-client';
import type { Installation } from '../support/processes';

/** A grant as the API shows it, as far as tests look at it. */
export interface GrantAnswer {
  id: string;
  memberId: string;
  status: string;
  provisioning: string;
  settled: boolean;
  revision: number;
  endsAt: string | null;
}

/** A connected organization with its doors. */
export interface Connected {
  organizationId: number;
  ownerId: number;
  /** The key of the owner that it was connected with. */
  apiKey: string;
  integrationId: string;
  spaceId: string;
  lockIds: number[];
}

/** A booking platform that uses the API: it makes what a test needs, by HTTP. */
export interface Host {
  /** Seeds an organization with so many locks at the simulated Kisi and connects it. */
  connect(name: string, locks: number): Promise<Connected>;
  newMember(): Promise<Member>;
  /** Maps a lock, once; answers the mapping's id. */
  map(organization: Connected, lockId: number): Promise<string>;
  /** Asks for a grant, from now and for an hour where the dates (ms UTC) are left out. */
  grant(
    member: Member,
    doorMappingId: string,
    more?: { startsAt?: number; endsAt?: number; idempotencyKey?: string },
  ): Promise<ApiAnswer<GrantAnswer>>;
}

const HOUR = 3_600_000;

/** The whole second that many ms from now (ms UTC). */
export function fromNow(ms: number): number {
  return wholeSecond(Date.now() + ms);
}

export function iso(instant: number): string {
  return new Date(instant).toISOString();
}

export function hostOf({ api, simulator, store }: Installation): Host {
  const mappings = new Map<string, Promise<string>>();
  const newMapping = async (
    integrationId: string,
    spaceId: string,
    resourceId: number,
  ): Promise<string> => {
    const body = { integrationId, resourceType: 'lock', resourceId, spaceId };
    return (await api.ok<{ id: string }>('POST', '/v1/door-mappings', body)).id;
  };
  return {
    async connect(name, locks) {
      const apiKey = `key-${randomUUID()}`;
      const [organization] = simulator.seed(organizationOf(name, locks, apiKey));
      if (!organization) throw new Error('nothing was seeded');
      const locationId = `loc_${String(organization.id)}`;
      const spaceId = `spc_${String(organization.id)}`;
      await api.ok('PUT', `/v1/locations/${locationId}`, { name, timeZone: 'Europe/Berlin' });
      await api.ok('PUT', `/v1/spaces/${spaceId}`, { name: 'Room', locationId });
      const { id } = await api.ok<{ id: string }>('POST', '/v1/integrations', {
        provider: 'kisi',
        apiKey,
        locationIds: [locationId],
      });
      return {
        organizationId: organization.id,
        ownerId: organization.ownerId,
        apiKey,
        integrationId: id,
        spaceId,
        lockIds: Object.values(organization.locks),
      };
    },

    async newMember() {
      const id = `mem_${randomUUID().slice(0, 8)}`;
      await api.ok('PUT', `/v1/members/${id}`, { email: `${id}@example.com`, name: 'Somebody' });
      const member = await store.members.get(id);
      if (!member) throw new Error(`${id} was accepted and is not stored`);
      return member;
    },

    map({ integrationId, spaceId }, lockId) {
      const key = `${integrationId} ${String(lockId)}`;
      const mapping = mappings.get(key) ?? newMapping(integrationId, spaceId, lockId);
      mappings.set(key, mapping);
      return mapping;
    },

    grant(member, doorMappingId, { startsAt, endsAt, idempotencyKey = randomUUID() } = {}) {
      const from = startsAt === undefined ? {} : { startsAt: iso(startsAt) };
      const until = iso(endsAt ?? (startsAt ?? fromNow(0)) + HOUR);
      return api.send<GrantAnswer>('POST', `/v1/members/${member.id}/grants`, {
        body: { doorMappingId, ...from, endsAt: until },
        idempotencyKey,
      });
    },
  };
}

function organizationOf(name: string, locks: number, apiKey: string): SeedInput {
  const domain = `${name.toLowerCase().replaceAll(' ', '-')}-${randomUUID().slice(0, 8)}`;
  return {
    organizations: [
      {
        name,
        domain,
        owner: { email: `owner@${domain}.test`, apiKeys: [apiKey] },
        places: [
          {
            name: 'House',
            locks: [...Array(locks).keys()].map((index) => ({ name: `Door ${String(index)}` })),
          },
        ],
      },
    ],
  };
}
