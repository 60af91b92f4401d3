import { useIntegrations } from '../../../api/integrations';
import { useLocations, useSpaces } from '../../../api/places';

interface Choice {
  value: string;
  label: string;
  disabled?: boolean;
}

/**
 * The locations that a mapping may be at: those that its connection serves, or any connection where
 * none is chosen (`null`). One location is served by one connection, which follows from it.
 */
export function useLocationChoices(ownIntegrationId: string | null): {
  choices: Choice[];
  integrationOf: (locationId: string | null) => string | null;
} {
  const { data: locations = [] } = useLocations();
  const { data: integrations = [] } = useIntegrations();
  const integrationOf = (locationId: string | null): string | null =>
    integrations.find(
      ({ active, locationIds }) =>
        active && locationId !== null && locationIds.includes(locationId),
    )?.id ?? null;
  const isServed = (locationId: string): boolean => {
    const by = integrationOf(locationId);
    return by !== null && (ownIntegrationId === null || by === ownIntegrationId);
  };
  return {
    choices: locations.map(({ id, name }) => ({ value: id, label: name, disabled: !isServed(id) })),
    integrationOf,
  };
}

/** The spaces of a location. */
export function useSpaceChoices(locationId: string | null): Choice[] {
  const { data: spaces = [] } = useSpaces();
  return spaces
    .filter((space) => space.locationId === locationId)
    .map(({ id, name }) => ({ value: id, label: name }));
}
