import { useIntegrations } from '../../../api/integrations';
import { useLocations, useSpaces } from '../../../api/places';

interface Choice {
  value: string;
  label: string;
  /** Why it cannot be chosen; absent: it can. */
  obstacle?: 'not_served' | 'served_by_other';
}

/** What can be chosen from; while it is asked for, or cannot be read, that is not known. */
interface Choices {
  choices: Choice[];
  isKnown: boolean;
  /** `null`: nothing has gone wrong, or what was read before is still there. */
  error: unknown;
}

/**
 * The locations that a mapping may be at: those that its connection serves, or any connection where
 * none is chosen (`null`). One location is served by one connection, which follows from it.
 */
export function useLocationChoices(
  ownIntegrationId: string | null,
): Choices & { integrationOf: (locationId: string | null) => string | null } {
  const locations = useLocations();
  const integrations = useIntegrations();
  const integrationOf = (locationId: string | null): string | null =>
    integrations.data?.find(
      ({ active, locationIds }) =>
        active && locationId !== null && locationIds.includes(locationId),
    )?.id ?? null;
  const obstacleOf = (locationId: string): Pick<Choice, 'obstacle'> => {
    const by = integrationOf(locationId);
    if (by === null) return { obstacle: 'not_served' };
    const isOther = ownIntegrationId !== null && by !== ownIntegrationId;
    return isOther ? { obstacle: 'served_by_other' } : {};
  };
  const isKnown = locations.data !== undefined && integrations.data !== undefined;
  return {
    choices: isKnown
      ? locations.data.map(({ id, name }) => ({ value: id, label: name, ...obstacleOf(id) }))
      : [],
    integrationOf,
    isKnown,
    error: isKnown ? null : (locations.error ?? integrations.error),
  };
}

/** The spaces of a location. */
export function useSpaceChoices(locationId: string | null): Choices {
  const { data: spaces, error } = useSpaces();
  return {
    choices: (spaces ?? [])
      .filter((space) => space.locationId === locationId)
      .map(({ id, name }) => ({ value: id, label: name })),
    isKnown: spaces !== undefined,
    error: spaces === undefined ? error : null,
  };
}
