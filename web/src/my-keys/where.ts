/** Where the phone is, or why it does not say. */
export type Place =
  | { readonly is: 'known'; readonly latitude: number; readonly longitude: number }
  | { readonly is: 'denied' | 'unknown' };

/** For the place itself. */
const PATIENCE_MS = 10_000;
/** With the question to the person, which may be looked past. Not counted by the browser's own timeout. */
const PATIENCE_WITH_PERSON_MS = 40_000;
/** A member walks to the next door within this, ms. */
const RECENT_MS = 15_000;

/** Asks the phone where it is; the person may be asked for leave first. */
export function findPlace(): Promise<Place> {
  return new Promise((resolve) => {
    // Absent where the address is not https.
    if (!('geolocation' in navigator)) {
      resolve({ is: 'unknown' });
      return;
    }
    setTimeout(() => {
      resolve({ is: 'unknown' });
    }, PATIENCE_WITH_PERSON_MS);
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        resolve({ is: 'known', latitude, longitude });
      },
      ({ code, PERMISSION_DENIED }) => {
        resolve({ is: code === PERMISSION_DENIED ? 'denied' : 'unknown' });
      },
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: RECENT_MS },
    );
  });
}
