import type { Answer } from '../http/answer';
import type { Call, Route } from '../http/call';
import { hasRight, instant, ownRecords } from '../http/call';
import { byFreeText, listAnswer, pages50, sorted } from '../http/list';
import type { Place } from '../state/records';
import type { View } from '../state/state';
import { visibleLocks } from './locks';
import { organizationRef, present } from './references';

export const placeRoutes: Route[] = [
  { method: 'get', path: '/places', auth: 'login', run: listPlaces },
];

/** Members see the places of the locks they see. */
function listPlaces(call: Call): Answer {
  const { listed, caller } = call;
  let places = ownRecords(call, listed.places);
  if (!hasRight(caller.user, 'places_read')) {
    const visible = new Set(visibleLocks(call).map((lock) => lock.placeId));
    places = places.filter((place) => visible.has(place.id));
  }
  places = byFreeText(call, places, (place) => [place.name]);
  places = sorted(call, places, { name: (place) => place.name, favorite: () => 0 });
  const favorite = call.query['favorite'] === undefined ? {} : { favorite: false };
  if (call.query['favorite'] === 'true') places = [];
  return listAnswer(call, places, pages50, (place) => ({
    ...presentPlace(listed, place),
    ...favorite,
  }));
}

function presentPlace(view: View, place: Place): object {
  const locks = view.locks.all().filter((lock) => lock.placeId === place.id);
  return {
    id: place.id,
    resource_type: 'Place',
    name: place.name,
    description: null,
    created_at: instant(place.createdAt),
    updated_at: instant(place.updatedAt),
    latitude: null,
    longitude: null,
    address: place.address,
    image: null,
    time_zone: place.timeZone,
    tz_time_zone: place.timeZone,
    locks_count: locks.length,
    integrations_count: view.integrations.all().filter((i) => i.placeId === place.id).length,
    locked_down: false,
    locked_down_since: null,
    occupancy_rate: null,
    organization_id: place.organizationId,
    organization: organizationRef(present(view.organizations.get(place.organizationId))),
    color: null,
    logo: null,
    user_id: null,
    members_count: 0,
  };
}
