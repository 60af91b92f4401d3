import type { Grant } from '../domain/grant';
import type { DoorMapping, Location, Store } from '../store';

/** A grant with what people call its member, door and place. */
export interface NamedGrant {
  grant: Grant;
  /** `null`: none, or erased. */
  memberName: string | null;
  door: Pick<DoorMapping, 'id' | 'name'>;
  /** `null`: the mapping is assigned to none, or gone. */
  location: Pick<Location, 'id' | 'name' | 'timeZone'> | null;
  /** The mapping gives no access since its connection was removed. */
  isDoorInactive: boolean;
}

/** The names for these grants, in their order, each record read once. */
export async function nameGrants(
  store: Pick<Store, 'members' | 'doorMappings' | 'locations'>,
  grants: readonly Grant[],
): Promise<NamedGrant[]> {
  const [members, mappings] = await Promise.all([
    store.members.getMany(unique(grants.map(({ memberId }) => memberId))),
    store.doorMappings.getMany(unique(grants.map(({ doorMappingId }) => doorMappingId))),
  ]);
  const locations = await store.locations.getMany(
    unique(mappings.flatMap(({ locationId }) => locationId ?? [])),
  );
  const names = new Map(members.map(({ id, name }) => [id, name]));
  const doors = new Map(mappings.map((mapping) => [mapping.id, mapping]));
  const places = new Map(locations.map(({ id, name, timeZone }) => [id, { id, name, timeZone }]));
  return grants.map((grant) => {
    const { memberId, doorMappingId: id } = grant;
    const door = doors.get(id);
    return {
      grant,
      memberName: names.get(memberId) ?? null,
      door: { id, name: door?.name ?? id },
      location: places.get(door?.locationId ?? '') ?? null,
      isDoorInactive: door?.active === false,
    };
  });
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
