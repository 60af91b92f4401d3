import type { Booking, Membership } from '../../src/domain/source';
import {
  bookingGrants,
  membershipGrants,
  NO_MARGIN,
  type BookedTime,
  type MappedDoor,
} from '../../src/domain/source-grants';
import { S, T } from './fixtures';

const MIN = 60 * S;
const END = T + 60 * MIN;
const booking: Booking = {
  memberIds: ['mem_1'],
  spaceId: 'spc_1',
  startsAt: T,
  endsAt: END,
  status: 'confirmed',
};
const door = (id: string, change: Partial<MappedDoor>): MappedDoor => ({
  id,
  resourceType: 'lock',
  locationId: 'loc_1',
  spaceId: null,
  ...change,
});
const roomLock = door('room', { spaceId: 'spc_1' });
const otherLock = door('other', { spaceId: 'spc_2' });
const looseLock = door('loose', {});
const areas = door('areas', { resourceType: 'group' });
const elsewhere = door('elsewhere', { resourceType: 'group', locationId: 'loc_2' });
const unassigned = door('unassigned', { resourceType: 'group', locationId: null });
const unassignedLock = door('unassigned lock', { locationId: null });
const roomGroup = door('room group', {
  resourceType: 'group',
  locationId: 'loc_2',
  spaceId: 'spc_1',
});
const doors = [
  roomGroup,
  roomLock,
  otherLock,
  looseLock,
  areas,
  elsewhere,
  unassigned,
  unassignedLock,
];
const place = { locationId: 'loc_1', doors, margin: NO_MARGIN, neighbours: [] };

const idsOf = (grants: { doorMappingId: string }[]): string[] =>
  grants.map(({ doorMappingId }) => doorMappingId);

describe('a booking means', () => {
  test('the locks of its space and the groups of its location, for each member', () => {
    const team = { ...booking, memberIds: ['mem_1', 'mem_2'] };
    expect(bookingGrants(team, place)).toEqual([
      { memberId: 'mem_1', doorMappingId: 'room', startsAt: T, endsAt: END },
      { memberId: 'mem_2', doorMappingId: 'room', startsAt: T, endsAt: END },
      { memberId: 'mem_1', doorMappingId: 'areas', startsAt: T, endsAt: END },
      { memberId: 'mem_2', doorMappingId: 'areas', startsAt: T, endsAt: END },
    ]);
  });

  test.each(['pending', 'cancelled'] as const)('nothing while it is %s', (status) => {
    expect(bookingGrants({ ...booking, status }, place)).toEqual([]);
  });

  test('nothing once it is deleted', () => {
    expect(bookingGrants(null, place)).toEqual([]);
  });

  test('no group at all while its space is unknown', () => {
    expect(idsOf(bookingGrants(booking, { ...place, locationId: null }))).toEqual(['room']);
  });

  describe('with early and late minutes', () => {
    const margin = { earlyMinutes: 10, lateMinutes: 5 };
    const windowsWith = (...neighbours: BookedTime[]): Record<string, [number, number | null]> =>
      Object.fromEntries(
        bookingGrants(booking, { ...place, margin, neighbours }).map(
          ({ doorMappingId, startsAt, endsAt }) => [
            doorMappingId,
            [(startsAt - T) / MIN, endsAt === null ? null : (endsAt - END) / MIN],
          ],
        ),
      );
    const minutes = (from: number, until: number): BookedTime => ({
      startsAt: T + from * MIN,
      endsAt: T + until * MIN,
    });

    test('no window beyond the years that can be written', () => {
      const ever = {
        ...booking,
        startsAt: Date.parse('0000-01-01T00:00:00Z'),
        endsAt: Date.parse('9999-12-31T23:59:59Z'),
      };
      const [grant] = bookingGrants(ever, { ...place, margin });
      expect(grant).toMatchObject({ startsAt: ever.startsAt, endsAt: ever.endsAt });
    });

    test('a wider window', () => {
      expect(windowsWith()).toEqual({ room: [-10, 5], areas: [-10, 5] });
    });

    test.each<[string, BookedTime[], [number, number]]>([
      ['that ends before the early minutes', [minutes(-60, -10)], [-10, 5]],
      ['that ends within them', [minutes(-60, -4)], [-4, 5]],
      ['that ends at the start', [minutes(-60, 0)], [0, 5]],
      ['that reaches into the booking', [minutes(-60, 30)], [0, 5]],
      ['that starts after the late minutes', [minutes(65, 90)], [-10, 5]],
      ['that starts within them', [minutes(62, 90)], [-10, 2]],
      ['that starts at the end', [minutes(60, 90)], [-10, 0]],
      ['that goes on after the end', [minutes(30, 90)], [-10, 0]],
      ['inside the booking', [minutes(0, 60)], [-10, 5]],
      ['around it', [minutes(-60, 120)], [0, 0]],
      ['of several, the nearest', [minutes(-60, -7), minutes(-60, -3), minutes(61, 62)], [-3, 1]],
    ])('at its lock, never into the time of a neighbour %s', (_, neighbours, room) => {
      expect(windowsWith(...neighbours)).toEqual({ room, areas: [-10, 5] });
    });
  });
});

describe('a membership means', () => {
  const membership: Membership = {
    memberIds: ['mem_1', 'mem_2'],
    planId: 'pln_1',
    locationId: 'loc_1',
    startsAt: T,
    endsAt: null,
    status: 'active',
  };

  test('what its plan lists and the groups of its location, each once, for each member', () => {
    const listed = ['room', 'loose', 'areas', 'elsewhere', 'unassigned', 'unassigned lock'];
    const grants = membershipGrants(membership, { planDoorIds: listed, doors });
    expect(idsOf(grants)).toEqual([
      ...['room', 'room', 'loose', 'loose', 'areas', 'areas', 'elsewhere', 'elsewhere'],
    ]);
    expect(grants[1]).toEqual({
      memberId: 'mem_2',
      doorMappingId: 'room',
      startsAt: T,
      endsAt: null,
    });
  });

  test('the groups of its location when the plan lists nothing', () => {
    expect(idsOf(membershipGrants(membership, { planDoorIds: [], doors }))).toEqual([
      'areas',
      'areas',
    ]);
  });

  test.each(['paused', 'cancelled'] as const)('nothing while it is %s', (status) => {
    expect(membershipGrants({ ...membership, status }, { planDoorIds: ['room'], doors })).toEqual(
      [],
    );
  });

  test('nothing once it is deleted', () => {
    expect(membershipGrants(null, { planDoorIds: ['room'], doors })).toEqual([]);
  });
});
