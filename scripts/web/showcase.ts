/** As far as a showcase needs the HTTP API. */
export interface ShowcaseApi {
  /** The body of a 2xx answer. @throws Error otherwise */
  ok<Body>(method: string, path: string, body?: unknown): Promise<Body>;
}

/** Ids of what was made, for the addresses of pages. */
export interface Showcase {
  integrationId: string;
  memberId: string;
  /** With keys, beside the first. */
  otherMemberId: string;
  heldMemberId: string;
  planId: string;
  bookingId: string;
  membershipId: string;
  mappingId: string;
  grantId: string;
}

const HOUR = 3_600_000;
const LOCATION = { id: 'loc_harbour', name: 'Harbour House', timeZone: 'Europe/Berlin' };
const SPACE = { id: 'spc_dock', name: 'Dock meeting room' };
/** The name of an API key beside the one of who looks. */
export const SECOND_KEY = 'Booking system';
const PLAN = { id: 'plan_hot_desk', name: 'Hot Desk' };
const MEMBERS = [
  { id: 'mem_grace_h', name: 'Grace Hopper', email: 'grace.hopper@example.com' },
  { id: 'mem_katherine_j', name: 'Katherine Johnson', email: 'katherine@example.com' },
  { id: 'mem_alan_t', name: 'Alan Turing', email: 'alan.turing@example.com' },
];

interface Mapping {
  id: string;
  resourceName: string;
  resourceType: 'lock' | 'group';
}

/**
 * Fills an installation at a simulated Kisi with something of everything that the pages show: a
 * location with doors and a group, members with access of every source and status, logs, a second key.
 * @param kisiApiKey a key of the simulated Kisi
 */
export async function fillShowcase(api: ShowcaseApi, kisiApiKey: string): Promise<Showcase> {
  await sendPlaces(api);
  const integrationId = await connect(api, kisiApiKey);
  const mappings = await mapDoors(api, integrationId);
  const [lock, other] = mappings.filter(({ resourceType }) => resourceType === 'lock');
  if (!lock || !other) throw new Error('The simulated Kisi shows fewer than two doors');
  await api.ok('POST', `/v1/plans/${PLAN.id}/door-access`, { doorMappingId: other.id });
  const bookingId = await sendSources(api);
  const grantId = await grantByHand(api, lock.id);
  await api.ok('POST', '/v1/api-keys', { name: SECOND_KEY, scopes: ['booking'] });
  return {
    integrationId,
    memberId: MEMBERS[0]?.id ?? '',
    otherMemberId: MEMBERS[1]?.id ?? '',
    heldMemberId: MEMBERS[2]?.id ?? '',
    planId: PLAN.id,
    bookingId,
    membershipId: 'ms_showcase',
    mappingId: lock.id,
    grantId,
  };
}

async function sendPlaces(api: ShowcaseApi): Promise<void> {
  const { id, name, timeZone } = LOCATION;
  await api.ok('PUT', `/v1/locations/${id}`, { name, timeZone });
  await api.ok('PUT', `/v1/spaces/${SPACE.id}`, { name: SPACE.name, locationId: id });
  await api.ok('PUT', `/v1/plans/${PLAN.id}`, { name: PLAN.name });
  for (const member of MEMBERS) {
    await api.ok('PUT', `/v1/members/${member.id}`, { name: member.name, email: member.email });
  }
}

/** The organization may be connected already, for the story of `npm start`. */
async function connect(api: ShowcaseApi, apiKey: string): Promise<string> {
  const known = await api.ok<{ integrationId: string | null }>('POST', '/v1/integrations/test', {
    apiKey,
  });
  if (known.integrationId === null) {
    const body = { provider: 'kisi', apiKey, locationIds: [LOCATION.id] };
    return (await api.ok<{ id: string }>('POST', '/v1/integrations', body)).id;
  }
  const path = `/v1/integrations/${known.integrationId}`;
  const { locationIds } = await api.ok<{ locationIds: string[] }>('GET', path);
  await api.ok('PATCH', path, { locationIds: [...new Set([...locationIds, LOCATION.id])] });
  return known.integrationId;
}

/** A mapping of our own for each lock and group of Kisi's. */
async function mapDoors(api: ShowcaseApi, integrationId: string): Promise<Mapping[]> {
  const made: Mapping[] = [];
  for (const resourceType of ['lock', 'group'] as const) {
    const { data } = await api.ok<{ data: { id: number; name: string }[] }>(
      'GET',
      `/v1/integrations/${integrationId}/resources?type=${resourceType}`,
    );
    // Groups that Latchkey made for its locks are not offered; each other is mapped once.
    for (const { id, name } of data) {
      const isRoom = resourceType === 'lock' && made.length === 0;
      const mapping = await api.ok<Mapping>('POST', '/v1/door-mappings', {
        integrationId,
        locationId: LOCATION.id,
        resourceType,
        resourceId: id,
        ...(resourceType === 'lock' && { spaceId: isRoom ? SPACE.id : null }),
        name: isRoom ? 'Dock meeting room' : name,
      });
      made.push(mapping);
    }
  }
  return made;
}

/** A membership, a booking that runs and one of tomorrow. */
async function sendSources(api: ShowcaseApi): Promise<string> {
  const now = Date.now();
  const [grace, katherine] = MEMBERS;
  await api.ok('PUT', '/v1/memberships/ms_showcase', {
    version: now,
    memberIds: [grace?.id, katherine?.id],
    planId: PLAN.id,
    locationId: LOCATION.id,
    startsAt: new Date(now - 48 * HOUR).toISOString(),
    endsAt: null,
    status: 'active',
  });
  for (const [id, from] of [
    ['bk_today', now - HOUR / 2],
    ['bk_tomorrow', now + 24 * HOUR],
  ] as const) {
    await api.ok('PUT', `/v1/bookings/${id}`, {
      version: now,
      memberIds: [grace?.id],
      spaceId: SPACE.id,
      startsAt: new Date(from).toISOString(),
      endsAt: new Date(from + 2 * HOUR).toISOString(),
      status: 'confirmed',
    });
  }
  return 'bk_today';
}

/** One that stays, which is answered; one that was revoked, and a member on hold. */
async function grantByHand(api: ShowcaseApi, doorMappingId: string): Promise<string> {
  const [grace, katherine, alan] = MEMBERS;
  const grant = (memberId: string | undefined): Promise<{ id: string }> =>
    api.ok('POST', `/v1/members/${memberId ?? ''}/grants`, { doorMappingId, reason: 'Tour' });
  const { id } = await grant(katherine?.id);
  const revoked = await grant(grace?.id);
  await api.ok('POST', `/v1/grants/${revoked.id}/revoke`, { reason: 'The tour is over' });
  await api.ok('PUT', `/v1/members/${alan?.id ?? ''}/hold`, { reason: 'An invoice is due' });
  return id;
}
