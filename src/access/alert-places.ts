import type { AlertPlace } from '../domain/alert-words';
import { Words } from '../domain/explain-words';
import type { Integration, Location, Store } from '../store';

/** A door of an alert: its name, whose it is, and where. */
export interface AlertDoor {
  doorName: string;
  /** `null`: its mapping is gone. */
  integration: Integration | null;
  place: AlertPlace;
}

/** Reads where things are, each thing once. One reader serves one look. */
export interface AlertPlaces {
  /** In the zone of its locations where they share one, else in UTC. */
  ofIntegration(integrationId: string | null): Promise<AlertPlace>;
  /** In the zone of its location, else in UTC. */
  ofDoor(doorMappingId: string): Promise<AlertDoor>;
}

/** More names than this say nothing more. */
const MOST_NAMES = 3;

export function alertPlaces(store: Store): AlertPlaces {
  const integrationOf = once((id: string) => store.integrations.get(id));
  const locationOf = once((id: string) => store.locations.get(id));

  const ofIntegration = once(async (id: string): Promise<AlertPlace> => {
    const integration = await integrationOf(id);
    if (!integration) return placeOf(id, []);
    const served = await Promise.all(integration.locationIds.map(locationOf));
    const locations = served.filter((one) => one !== null);
    return placeOf(integration.organizationName, locations);
  });

  const ofDoor = once(async (doorMappingId: string): Promise<AlertDoor> => {
    const mapping = await store.doorMappings.get(doorMappingId);
    if (!mapping) {
      const place = placeOf('its door mapping is gone', []);
      return { doorName: doorMappingId, integration: null, place };
    }
    const integration = await integrationOf(mapping.integrationId);
    const location = mapping.locationId === null ? null : await locationOf(mapping.locationId);
    const name = integration?.organizationName ?? mapping.integrationId;
    return {
      doorName: mapping.name,
      integration,
      place: placeOf(name, location ? [location] : []),
    };
  });

  return {
    ofIntegration: (id) =>
      id === null ? Promise.resolve(placeOf('doors without a mapping', [])) : ofIntegration(id),
    ofDoor,
  };
}

function placeOf(name: string, locations: readonly Location[]): AlertPlace {
  const [zone = 'UTC', ...others] = new Set(locations.map(({ timeZone }) => timeZone));
  const names = locations.slice(0, MOST_NAMES).map((location) => location.name);
  if (locations.length > MOST_NAMES) names.push('…');
  return {
    name: names.length > 0 ? `${name} (${names.join(', ')})` : name,
    words: new Words(others.length === 0 ? zone : 'UTC'),
  };
}

function once<Value>(read: (id: string) => Promise<Value>): (id: string) => Promise<Value> {
  const known = new Map<string, Promise<Value>>();
  return (id) => {
    const value = known.get(id) ?? read(id);
    known.set(id, value);
    return value;
  };
}
