import type { Stage } from './stage';

/** What the booking platform of these tests has: its own ids, sent before anybody opens the console. */
export const HOUSE = { id: 'loc_house', name: 'Simulated House', timeZone: 'Europe/Berlin' };
export const ROOM = { id: 'spc_room', name: 'Meeting Room 1' };
export const ADA = { id: 'mem_ada', name: 'Ada Lovelace', email: 'ada@example.com' };
export const GRACE = { id: 'mem_grace', name: 'Grace Hopper', email: 'grace@example.com' };
export const PLAN = { id: 'plan_desk', name: 'Hot Desk' };

const HOUR = 3_600_000;

/** The platform sends its places, members and plans. */
export async function sendBasics({ api }: Pick<Stage, 'api'>): Promise<void> {
  const { id, name, timeZone } = HOUSE;
  await api.ok('PUT', `/v1/locations/${id}`, { name, timeZone });
  await api.ok('PUT', `/v1/spaces/${ROOM.id}`, { name: ROOM.name, locationId: id });
  for (const member of [ADA, GRACE]) {
    await api.ok('PUT', `/v1/members/${member.id}`, { name: member.name, email: member.email });
  }
  await api.ok('PUT', `/v1/plans/${PLAN.id}`, { name: PLAN.name });
}

let versions = Date.now();

/** The platform confirms, changes or cancels a booking of the room; `from` and `until` in ms UTC. */
export async function sendBooking(
  { api }: Pick<Stage, 'api'>,
  id: string,
  booking: { from?: number; until?: number; status?: 'confirmed' | 'cancelled' | 'pending' } = {},
): Promise<void> {
  const { from = Date.now() - 60_000, until = Date.now() + HOUR, status = 'confirmed' } = booking;
  versions += 1;
  await api.ok('PUT', `/v1/bookings/${id}`, {
    version: versions,
    memberIds: [ADA.id],
    spaceId: ROOM.id,
    startsAt: new Date(from).toISOString(),
    endsAt: new Date(until).toISOString(),
    status,
  });
}

/** The platform says that Ada holds the plan, or that it is cancelled. */
export async function sendMembership(
  { api }: Pick<Stage, 'api'>,
  status: 'active' | 'cancelled',
): Promise<void> {
  versions += 1;
  await api.ok('PUT', '/v1/memberships/ms_ada', {
    version: versions,
    memberIds: [ADA.id],
    planId: PLAN.id,
    locationId: HOUSE.id,
    startsAt: new Date(Date.now() - HOUR).toISOString(),
    endsAt: null,
    status,
  });
}
