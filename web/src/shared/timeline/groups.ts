import type { Of } from '../../api/client';
import { texts } from '../../texts';

export type Timeline = Of<'Timeline'>;
export type TimelineGrant = Timeline['grants'][number];
export type TimelineDoor = Timeline['doors'][number];

/** One member at one lock or group: the grants that lead there, and what they come to together. */
export interface TimelineGroup {
  readonly key: string;
  readonly memberId: string;
  /** `null`: the member has no name, or was erased. */
  readonly memberName: string | null;
  /** The mappings that lead there, by name; none: they are deleted. */
  readonly doors: readonly TimelineDoor[];
  /** In order of start. */
  readonly grants: readonly TimelineGrant[];
  /** When the door opens: the union of the windows of all live grants, in order. */
  readonly open: readonly { readonly from: string; readonly until: string }[];
}

/** Puts together what belongs to one member at one door, in order of door and member. */
export function groupsOf({ grants, doors, members, passes }: Timeline): TimelineGroup[] {
  const doorOf = new Map(doors.map((door) => [door.doorMappingId, door]));
  const names = new Map(members.map(({ id, name }) => [id, name]));
  const placeOf = (doorMappingId: string): string => {
    const door = doorOf.get(doorMappingId);
    return door ? `${door.resourceType} ${String(door.resourceId)}` : doorMappingId;
  };
  const perKey = new Map<string, TimelineGrant[]>();
  for (const grant of grants) {
    const key = `${placeOf(grant.doorMappingId)} ${grant.memberId}`;
    perKey.set(key, [...(perKey.get(key) ?? []), grant]);
  }
  const groups = [...perKey].map(([key, own]): TimelineGroup => {
    const mappingIds = new Set(own.map(({ doorMappingId }) => doorMappingId));
    const memberId = own[0]?.memberId ?? '';
    const pass = passes.find(
      (one) =>
        one.memberId === memberId && one.doorMappingIds.some((mapping) => mappingIds.has(mapping)),
    );
    return {
      key,
      memberId,
      memberName: names.get(memberId) ?? null,
      doors: [...mappingIds].flatMap((mapping) => doorOf.get(mapping) ?? []),
      grants: own,
      open: pass?.windows ?? [],
    };
  });
  return groups.sort((one, other) => titleOf(one).localeCompare(titleOf(other), texts.locale));
}

function titleOf({ doors, memberName, memberId }: TimelineGroup): string {
  return `${doors[0]?.name ?? ''} ${memberName ?? memberId}`;
}
