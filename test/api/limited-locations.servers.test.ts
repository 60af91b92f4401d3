import request from 'supertest';
import { createApiKey, deleteApiKey, getApiKey, patchApiKey } from '../../api/api-keys/schema';
import { putBooking } from '../../api/bookings/schema';
import { createDoorMapping } from '../../api/door-mappings/schema';
import { createGrant } from '../../api/grants/schema';
import { locationRuleOf, RULED_OPERATIONS, type LocationRule } from '../../api/http/location-rules';
import type { OperationSpec } from '../../api/http/operation';
import type { ProblemCode } from '../../api/http/problems';
import { createIntegration } from '../../api/integrations/schema';
import { putMember } from '../../api/members/schema';
import { putMembership } from '../../api/memberships/schema';
import { OPERATIONS } from '../../api/operations';
import { addDoorAccess, putPlan } from '../../api/plans/schema';
import { createSession, getSession } from '../../api/session/schema';
import {
  expectProblem,
  NOW,
  OTHER_ORGANIZATION_KEY,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
  type CallOptions,
} from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';
import { wellFormed } from './well-formed';

const HOUR = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

/** The same things here (`loc_1`, which the key is limited to) and there (`loc_2`). */
interface Place {
  location: string;
  space: string;
  booking: string;
  membership: string;
  doorMapping: string;
  grant: string;
}

let api: ApiUnderTest;
let building: Building;
/** It serves a location that is neither here nor there. */
let otherIntegration: string;
let here: Place;
let there: Place;
/** Scopes do not matter here: it has them all. */
let key: string;

beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  await api.store.locations.upsert({ id: 'loc_3', name: 'loc_3', timeZone: 'UTC' });
  await setServed('loc_1', 'loc_2');
  otherIntegration = await made(createIntegration, {
    body: { provider: 'kisi', apiKey: OTHER_ORGANIZATION_KEY, locationIds: ['loc_3'] },
  });
  const { integrationId, groupId, mappingId } = building;
  const group = { integrationId, resourceType: 'group', resourceId: groupId, locationId: 'loc_2' };
  const groupMappingId = await made(createDoorMapping, { body: group });
  await aPlan('pln_1', mappingId);
  await aPlan('pln_2', groupMappingId);
  await aPlan('pln_all', mappingId, groupMappingId);
  here = await furnishPlace('1', mappingId);
  there = await furnishPlace('2', groupMappingId);
  key = await limitedKey(['loc_1']);
});
afterAll(() => api.close());

async function setServed(...locationIds: string[]): Promise<void> {
  await api.store.integrations.update(building.integrationId, { locationIds });
}

async function aPlan(id: string, ...doorMappingIds: string[]): Promise<void> {
  await api.call(putPlan, { params: { id }, body: { name: id } });
  for (const doorMappingId of doorMappingIds) {
    await api.call(addDoorAccess, { params: { id }, body: { doorMappingId } });
  }
}

async function made(spec: OperationSpec, options: CallOptions): Promise<string> {
  return idOf((await api.call(spec, options)).body);
}

async function furnishPlace(number: string, doorMapping: string): Promise<Place> {
  const [booking, membership] = [`bkg_${number}`, `msh_${number}`];
  const [space, location] = [`spc_${number}`, `loc_${number}`];
  await api.call(putBooking, { params: { id: booking }, body: bookingAt(space, 1) });
  const held = membershipAt(location, 1, `pln_${number}`);
  await api.call(putMembership, { params: { id: membership }, body: held });
  const body = { doorMappingId: doorMapping, endsAt: iso(NOW + HOUR) };
  const grant = await made(createGrant, { params: { id: 'mem_1' }, body });
  return { location, space, booking, membership, doorMapping, grant };
}

function bookingAt(spaceId: string, version: number): object {
  const [startsAt, endsAt] = [iso(NOW), iso(NOW + HOUR)];
  return { version, memberIds: ['mem_1'], spaceId, startsAt, endsAt, status: 'confirmed' };
}

function membershipAt(locationId: string, version: number, planId = 'pln_1'): object {
  const times = { startsAt: iso(NOW), endsAt: null };
  return { version, memberIds: ['mem_1'], planId, locationId, ...times, status: 'active' };
}

async function limitedKey(locationIds: string[] | null): Promise<string> {
  const scopes = ['admin', 'booking', 'operator'];
  const { body } = await api.call(createApiKey, { body: { name: 'Local', scopes, locationIds } });
  return (body as { secret: string }).secret;
}

const ruled = OPERATIONS.filter(({ scopes }) => scopes !== null && scopes !== 'member');
const byRule = (rule: LocationRule): [string, OperationSpec][] =>
  ruled
    .filter(({ id }) => locationRuleOf(id) === rule)
    .map((spec) => [`${spec.method.toUpperCase()} ${spec.path}`, spec]);

it('every route that a key opens has a rule, and no other has', () => {
  expect([...RULED_OPERATIONS].sort()).toEqual(ruled.map(({ id }) => id).sort());
});

describe.each(byRule('refused'))('%s', (_name, spec) => {
  it('is refused to who is limited, whatever it names', async () => {
    expectProblem(await api.call(spec, { ...wellFormed(spec), key }), 'location_limited');
  });
});

describe.each(byRule('unbound'))('%s', (_name, spec) => {
  it('is open to who is limited', async () => {
    const answer = await api.call(spec, { ...wellFormed(spec), key });
    expect(answer.status).not.toBe(403);
  });
});

/** What the URL names, by the rule, and what is said when it is there. */
const NAMED: Partial<Record<LocationRule, [(place: Place) => CallOptions, ProblemCode]>> = {
  location: [({ location }) => ({ params: { id: location } }), 'location_not_found'],
  savedLocation: [({ location }) => ({ params: { id: location } }), 'location_forbidden'],
  space: [({ space }) => ({ params: { id: space } }), 'space_not_found'],
  savedSpace: [
    ({ space, location }) => ({ params: { id: space }, body: { name: 'S', locationId: location } }),
    'location_forbidden',
  ],
  booking: [({ booking }) => ({ params: { id: booking } }), 'booking_not_found'],
  savedBooking: [
    ({ booking, space }) => ({ params: { id: booking }, body: bookingAt(space, 1) }),
    'location_forbidden',
  ],
  membership: [({ membership }) => ({ params: { id: membership } }), 'membership_not_found'],
  savedMembership: [
    ({ membership, location }) => ({
      params: { id: membership },
      body: membershipAt(location, 1),
    }),
    'location_forbidden',
  ],
  doorMapping: [({ doorMapping }) => ({ params: { id: doorMapping } }), 'door_mapping_not_found'],
  changedDoorMapping: [
    ({ doorMapping }) => ({ params: { id: doorMapping }, body: { name: 'Door' } }),
    'door_mapping_not_found',
  ],
  explainedDoorMapping: [
    ({ doorMapping }) => ({ params: { id: 'mem_1' }, query: { doorMappingId: doorMapping } }),
    'door_mapping_not_found',
  ],
  listedDoorMapping: [
    ({ doorMapping }) => ({
      params: { id: 'pln_all', doorMappingId: doorMapping },
      query: { dryRun: 'true' },
    }),
    'door_mapping_not_found',
  ],
  grantedDoorMapping: [
    ({ doorMapping }) => ({ body: { doorMappingId: doorMapping } }),
    'location_forbidden',
  ],
  grant: [({ grant }) => ({ params: { id: grant } }), 'grant_not_found'],
};

/** Deleting is tried out alone, so that what is here stays for the other tests. */
function optionsFor(
  spec: OperationSpec,
  place: Place,
): { options: CallOptions; code: ProblemCode } {
  const [of, code] = NAMED[locationRuleOf(spec.id) ?? 'refused'] ?? [];
  if (!of || !code) throw new Error(`${spec.id} has a rule that this test does not know`);
  const { query, body } = wellFormed(spec);
  const own = of(place);
  const dryRun = spec.id === 'deleteDoorMapping' ? { dryRun: 'true' } : {};
  const asked = spec.query ? { query: { ...query, ...own.query, ...dryRun } } : {};
  const sent = spec.body ? { body: own.body ?? body } : {};
  const params = own.params ?? { id: spec.path.startsWith('/v1/plans') ? 'pln_all' : 'mem_1' };
  return { options: { params, ...asked, ...sent }, code };
}

const lookedUp = (Object.keys(NAMED) as LocationRule[]).flatMap(byRule);

describe.each(lookedUp)('%s', (_name, spec) => {
  it('is run here, and there it is as if there were nothing', async () => {
    const away = optionsFor(spec, there);
    expectProblem(await api.call(spec, { ...away.options, key }), away.code);
    // The same request of somebody else finds it, so that it is the limit that was seen.
    if (spec.method === 'get') {
      expect((await api.call(spec, away.options)).status).toBe(200);
    }
    const near = optionsFor(spec, here);
    const answer = await api.call(spec, { ...near.options, key });
    const { code = 'none' } = answer.body as { code?: string };
    expect(['none', 'version_older', 'version_reused', 'door_mapping_exists']).toContain(code);
  });
});

describe('a member', () => {
  const params = { id: 'mem_known' };
  const put = (email: string, more: CallOptions = {}): Promise<ApiResponse> =>
    api.call(putMember, { params, body: { email, name: 'Ada' }, ...more });
  const stored = async (): Promise<string | undefined> =>
    (await api.store.members.get(params.id))?.email;

  it('is made and renamed by who is limited', async () => {
    expect((await put('known@example.com', { key })).status).toBe(200);
    expect((await put('  KNOWN@Example.com ', { key })).status).toBe(200);
    expect(await stored()).toBe('KNOWN@Example.com');
  });

  it('gets no other e-mail address from them: that moves what it holds elsewhere', async () => {
    const refused = await put('other@example.com', { key });
    expectProblem(refused, 'location_limited');
    expect((refused.body as { detail: string }).detail).toContain('all of the member');
    expect(await stored()).toBe('KNOWN@Example.com');
    expect((await put('other@example.com')).status).toBe(200);
  });
});

describe('what is moved', () => {
  it.each([
    [
      'putSpace',
      (): CallOptions => ({ params: { id: here.space }, body: { name: 'S', locationId: 'loc_2' } }),
    ],
    [
      'putSpace',
      (): CallOptions => ({
        params: { id: there.space },
        body: { name: 'S', locationId: 'loc_1' },
      }),
    ],
    [
      'putBooking',
      (): CallOptions => ({ params: { id: here.booking }, body: bookingAt('spc_2', 9) }),
    ],
    [
      'putBooking',
      (): CallOptions => ({ params: { id: there.booking }, body: bookingAt('spc_1', 9) }),
    ],
    ['putBooking', (): CallOptions => ({ params: { id: 'bkg_new' }, body: bookingAt('spc_2', 9) })],
    [
      'putMembership',
      (): CallOptions => ({ params: { id: here.membership }, body: membershipAt('loc_2', 9) }),
    ],
    [
      'putMembership',
      (): CallOptions => ({ params: { id: there.membership }, body: membershipAt('loc_1', 9) }),
    ],
    [
      'patchDoorMapping',
      (): CallOptions => ({ params: { id: here.doorMapping }, body: { locationId: 'loc_2' } }),
    ],
    [
      'patchDoorMapping',
      (): CallOptions => ({ params: { id: here.doorMapping }, body: { spaceId: 'spc_2' } }),
    ],
    [
      'putMembership',
      (): CallOptions => ({
        params: { id: here.membership },
        body: membershipAt('loc_1', 9, 'pln_all'),
      }),
    ],
  ])('%s goes neither there nor comes from there', async (id, options) => {
    expectProblem(await api.call(specOf(id), { ...options(), key }), 'location_forbidden');
  });

  it.each([{ resourceId: 4712 }, { integrationId: 'int_1' }, { locationId: null }])(
    'a door mapping is not pointed elsewhere: %j',
    async (body) => {
      const params = { id: here.doorMapping };
      expectProblem(
        await api.call(specOf('patchDoorMapping'), { params, body, key }),
        'location_limited',
      );
    },
  );

  it('new things are made here', async () => {
    const params = { id: 'bkg_mine' };
    const sent = await api.call(putBooking, { params, body: bookingAt('spc_1', 1), key });
    expect([200, 202]).toContain(sent.status);
    expect(await api.store.bookings.get('bkg_mine')).not.toBeNull();
  });
});

function specOf(id: string): OperationSpec {
  const spec = OPERATIONS.find((one) => one.id === id);
  if (!spec) throw new Error(`no operation ${id}`);
  return spec;
}

/** What a list of all would show of each place. */
const LISTS: Record<string, (place: Place) => string> = {
  listMemberGrants: ({ grant }) => grant,
  listGrants: ({ grant }) => grant,
  getMemberTimeline: ({ grant }) => grant,
  listBookings: ({ booking }) => booking,
  listMemberships: ({ membership }) => membership,
  getPlan: ({ doorMapping }) => doorMapping,
  listPlans: ({ doorMapping }) => doorMapping,
  listDoorAccess: ({ doorMapping }) => doorMapping,
  listDoorMappings: ({ doorMapping }) => doorMapping,
  listLocations: ({ location }) => `"${location}"`,
  listSpaces: ({ space }) => space,
};

it('a membership from elsewhere shows no door of elsewhere', async () => {
  const body = membershipAt('loc_1', 1, 'pln_all');
  await api.call(putMembership, { params: { id: 'msh_all' }, body });
  const params = { id: 'msh_all' };
  const doorsFor = async (options: CallOptions): Promise<string[]> => {
    const { body: shown } = await api.call(specOf('getMembership'), { params, ...options });
    const { doors } = shown as { doors: { doorMappingId: string }[] };
    return doors.map(({ doorMappingId }) => doorMappingId).sort();
  };
  expect(await doorsFor({})).toEqual([here.doorMapping, there.doorMapping].sort());
  expect(await doorsFor({ key })).toEqual([here.doorMapping]);
  // Nor is it taken from its member: that would shut doors elsewhere.
  const gone = { params, query: { version: '2' }, key };
  expectProblem(await api.call(specOf('deleteMembership'), gone), 'location_forbidden');
});

describe('lists', () => {
  it('are all tried here', () => {
    const others = ['listIntegrations', 'getOverview', 'listAlerts', 'getJob', 'listJobs'];
    const filtered = byRule('filtered').map(([, { id }]) => id);
    expect([...Object.keys(LISTS), ...others].sort()).toEqual(filtered.sort());
  });

  it.each(Object.entries(LISTS))('%s shows what is here alone', async (id, shown) => {
    const spec = specOf(id);
    const params = { id: spec.path.startsWith('/v1/plans') ? 'pln_all' : 'mem_1' };
    const [all, seen] = [await api.call(spec, { params }), await api.call(spec, { params, key })];
    expect(all.text).toContain(shown(there));
    expect(all.text).toContain(shown(here));
    expect(seen.status).toBe(200);
    expect(seen.text).toContain(shown(here));
    for (const hidden of Object.values(there)) expect(seen.text).not.toContain(`"${hidden}"`);
  });

  it.each(['listSpaces', 'listBookings', 'listMemberships', 'listDoorMappings'])(
    '%s of there is empty',
    async (id) => {
      const query = { locationId: 'loc_2' };
      expect((await api.call(specOf(id), { query })).body).toMatchObject({ data: [{}] });
      expect((await api.call(specOf(id), { query, key })).body).toMatchObject({ data: [] });
    },
  );

  it('pages hold nothing back for what is hidden', async () => {
    const wide = await limitedKey(['loc_2', 'loc_3']);
    const query = { limit: '1' };
    const first = await api.call(specOf('listLocations'), { query, key: wide });
    expect(first.body).toMatchObject({ data: [{ id: 'loc_2' }] });
    const { nextCursor } = first.body as { nextCursor: string };
    const next = { ...query, cursor: nextCursor };
    const second = await api.call(specOf('listLocations'), { query: next, key: wide });
    expect(second.body).toMatchObject({ data: [{ id: 'loc_3' }], nextCursor: null });
  });

  it('jobs are those that one asked for', async () => {
    const { body } = await api.call(getSession, { key });
    const { actor } = body as { actor: { type: 'api_key'; id: string } };
    const job = { kind: 'mapping_change', subjectId: 'x' } as const;
    await api.store.jobs.begin({ ...job, id: 'job_mine', by: actor });
    const other = { type: 'api_key', id: api.keyIds.admin } as const;
    await api.store.jobs.begin({ ...job, id: 'job_other', by: other });
    const [getJob, listJobs] = [specOf('getJob'), specOf('listJobs')];
    expect((await api.call(getJob, { params: { id: 'job_mine' }, key })).status).toBe(200);
    expectProblem(await api.call(getJob, { params: { id: 'job_other' }, key }), 'job_not_found');
    const { data } = (await api.call(listJobs, { key })).body as { data: { by: object }[] };
    expect(data.length).toBeGreaterThan(0);
    for (const { by } of data) expect(by).toEqual(actor);
  });
});

describe('an integration', () => {
  const alertsOf = async (): Promise<unknown> =>
    ((await api.call(specOf('listAlerts'), { key })).body as { data: unknown }).data;

  beforeAll(async () => {
    await api.store.alerts.apply({
      opened: [building.integrationId, otherIntegration].map((integrationId) => ({
        alert: {
          id: `integration:${integrationId}:kisi_down#1`,
          key: `integration:${integrationId}:kisi_down`,
          kind: 'kisi_down',
          integrationId,
          grantId: null,
          since: NOW,
          what: 'Kisi does not answer.',
          nextStep: 'Wait.',
          episode: 1,
          openedAt: NOW,
          isFlapping: false,
          clearSince: null,
          closedAt: null,
        },
        notice: null,
      })),
      reworded: [],
      cleared: [],
      closed: [],
    });
  });

  it('that serves other locations too is shown with one’s own, and no more', async () => {
    const params = { id: building.integrationId };
    const read = await api.call(specOf('getIntegration'), { params, key });
    expect(read.body).toMatchObject({ locationIds: ['loc_1'] });
    const list = (await api.call(specOf('listIntegrations'), { key })).body;
    expect(list).toMatchObject({ data: [{ id: params.id, locationIds: ['loc_1'] }] });
    for (const [, spec] of byRule('wholeIntegration')) {
      const { query = {}, body } = wellFormed(spec);
      const answer = await api.call(spec, { params, query, ...(spec.body ? { body } : {}), key });
      expectProblem(answer, 'location_limited');
    }
    expect(await alertsOf()).toEqual([]);
  });

  it('that serves nothing of one’s own is not there', async () => {
    const params = { id: otherIntegration };
    for (const [, spec] of [...byRule('integration'), ...byRule('wholeIntegration')]) {
      const { query = {}, body } = wellFormed(spec);
      const answer = await api.call(spec, { params, query, ...(spec.body ? { body } : {}), key });
      expectProblem(answer, 'integration_not_found');
    }
  });

  it('that serves one’s own alone is shown whole', async () => {
    await setServed('loc_1');
    const params = { id: building.integrationId };
    const health = await api.call(specOf('getIntegrationHealth'), { params, key });
    expect(health.status).toBe(200);
    expect(await alertsOf()).toMatchObject([{ integrationId: building.integrationId }]);
    await setServed('loc_1', 'loc_2');
  });
});

it('is not passed by writing a path otherwise', async () => {
  const ask = (path: string): request.Test =>
    request(api.app).get(path).set('Authorization', `Bearer ${key}`);
  for (const pathTo of [
    (id: string): string => `/V1/Spaces/${id}`,
    (id: string): string => `/v1/spaces/${id}/`,
    (id: string): string => `/v1/spaces/${id.replace('_', '%5F')}`,
    (id: string): string => `/v1/SPACES/${id}/?x`,
  ]) {
    expect((await ask(pathTo('spc_1'))).status).toBe(200);
    expectProblem(await ask(pathTo('spc_2')), 'space_not_found');
  }
  const head = await request(api.app)
    .head('/v1/spaces/spc_2')
    .set('Authorization', `Bearer ${key}`);
  expect(head.status).toBe(404);
});

describe('the limit of a key', () => {
  it('is made, read, changed and lifted, and holds at once in a session too', async () => {
    const body = { name: 'L', scopes: ['operator'], locationIds: ['loc_1', 'loc_1'] };
    const created = await api.call(createApiKey, { body });
    expect(created.body).toMatchObject({ locationIds: ['loc_1'] });
    const params = { id: idOf(created.body) };
    const { secret } = created.body as { secret: string };
    const signedIn = await api.call(createSession, { key: null, body: { apiKey: secret } });
    expect(signedIn.body).toMatchObject({ locationIds: ['loc_1'] });
    const [Cookie = ''] = signedIn.headers['set-cookie'] as unknown as string[];
    const ask = (id: string): Promise<ApiResponse> =>
      api.call(specOf('getSpace'), { params: { id }, key: null, headers: { Cookie } });
    expectProblem(await ask('spc_2'), 'space_not_found');
    await api.call(patchApiKey, { params, body: { locationIds: ['loc_2'] } });
    expect((await ask('spc_2')).status).toBe(200);
    expectProblem(await ask('spc_1'), 'space_not_found');
    await api.call(patchApiKey, { params, body: { locationIds: null } });
    expect((await ask('spc_1')).status).toBe(200);
    expect((await api.call(getApiKey, { params })).body).toMatchObject({ locationIds: null });
  });

  it('names locations that exist, one at least', async () => {
    const body = { name: 'L', scopes: ['operator'] };
    const unknown = { ...body, locationIds: ['loc_1', 'loc_nowhere'] };
    const refused = await api.call(createApiKey, { body: unknown });
    expectProblem(refused, 'location_unknown', 'body.locationIds.1');
    const none = await api.call(createApiKey, { body: { ...body, locationIds: [] } });
    expectProblem(none, 'request_invalid', 'body.locationIds');
  });

  it('leaves somebody who may do everything', async () => {
    const params = { id: api.keyIds.admin };
    const change = { params, body: { locationIds: ['loc_1'] } };
    expectProblem(await api.call(patchApiKey, change), 'last_admin_key');
    expectProblem(await api.call(deleteApiKey, { params }), 'last_admin_key');
  });
});
