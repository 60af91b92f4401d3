import type { Of } from '../../../api/client';
import { texts } from '../../../texts';
import type { DoorMapping } from './mappings';

const t = texts.doorMappings.form.missing;

export type KisiResource = Of<'KisiResource'>;

/** Chosen instead of a space: no booking opens the lock. */
export const NO_SPACE = '-';

/** What the form of a mapping holds. `null`: nothing is chosen. */
export interface Values {
  locationId: string | null;
  resourceType: DoorMapping['resourceType'];
  /** `NO_SPACE`, or the id of a space; of locks only. */
  spaceId: string | null;
  /** Kisi's id, as a select holds it. */
  resourceId: string | null;
  name: string;
}

/** What a new mapping begins with, or what a mapping holds now. */
export function valuesOf(mapping: DoorMapping | null): Values {
  if (mapping === null) {
    return { locationId: null, resourceType: 'lock', spaceId: null, resourceId: null, name: '' };
  }
  const { locationId, resourceType, resourceId, name } = mapping;
  const noSpace = resourceType === 'lock' && locationId !== null ? NO_SPACE : null;
  return {
    locationId,
    resourceType,
    spaceId: mapping.spaceId ?? noSpace,
    resourceId: String(resourceId),
    name,
  };
}

/** What is missing, by field. Only a mapping that was synced may stay without a location. */
export function faultsOf(values: Values, isNew: boolean): Partial<Record<keyof Values, string>> {
  const { locationId, resourceType, spaceId, resourceId, name } = values;
  return {
    ...(isNew && locationId === null && { locationId: t.location }),
    ...(resourceType === 'lock' && locationId !== null && spaceId === null && { spaceId: t.space }),
    ...(resourceId === null && { resourceId: t.resource }),
    ...(name.trim() === '' && { name: t.name }),
  };
}

/** The space as the API takes it. */
export function spaceOf({ locationId, resourceType, spaceId }: Values): string | null {
  const isLockAtPlace = resourceType === 'lock' && locationId !== null;
  return isLockAtPlace && spaceId !== NO_SPACE ? spaceId : null;
}

/** What differs from the mapping as it is, as the API takes it. */
export function changeOf(mapping: DoorMapping, values: Values, nameAtKisi: string) {
  const { locationId, resourceType } = values;
  const spaceId = spaceOf(values);
  const resourceId = Number(values.resourceId);
  const name = values.name.trim();
  const hasOwnName = name !== nameAtKisi;
  const isElsewhere = locationId !== mapping.locationId || spaceId !== mapping.spaceId;
  const isOther = resourceType !== mapping.resourceType || resourceId !== mapping.resourceId;
  return {
    ...(isElsewhere && { locationId, ...(resourceType === 'lock' && { spaceId }) }),
    ...(isOther && { resourceType, resourceId }),
    ...((name !== mapping.name || hasOwnName !== mapping.hasOwnName) && {
      name: hasOwnName ? name : null,
    }),
  };
}
