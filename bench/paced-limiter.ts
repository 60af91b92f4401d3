import { SLOTS_PER_OWNER, type KisiLimiter } from '../src/kisi';

/**
 * The limiter for a Kisi that takes more calls, to see what our own work costs. Each key owner counts
 * as several, of five slots each, in turn: the slots and their records in MongoDB stay as they are in
 * production, where nothing can ask for more.
 *
 * @param callsPerSecond a multiple of 5
 */
export function pacedLimiter(limiter: KisiLimiter, callsPerSecond: number): KisiLimiter {
  const lanes = callsPerSecond / SLOTS_PER_OWNER;
  let next = 0;
  return {
    acquire(request) {
      const lane = next;
      next = (next + 1) % lanes;
      const owners = request.owners.map((owner) => `${owner} lane ${String(lane)}`);
      return limiter.acquire({ ...request, owners });
    },
  };
}
