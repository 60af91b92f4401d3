import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { date, documentSchema, isDuplicateKey } from './documents';

/** Which integration serves which location: one document per location, so that only one ever can. */
export interface LocationClaims {
  /** `null`: the integration has it now, or had it before. Else the id of the one that has it. */
  claim(locationId: string, integrationId: string): Promise<string | null>;
  /** Gives up those of these locations that the integration has. */
  release(locationIds: readonly string[], integrationId: string): Promise<void>;
}

interface LocationClaimDoc {
  /** The location's id. */
  _id: string;
  integrationId: string;
  claimedAt: Date;
}

const locationClaimSchema = documentSchema<LocationClaimDoc>({
  _id: { type: String, required: true },
  integrationId: { type: String, required: true },
  claimedAt: { type: Date, required: true },
});

/** A claim is made just before it is stored with its integration, which takes no longer than this. */
const UNDER_WAY_MS = 60_000;

/**
 * @param serves whether the integration is active and lists the location. A claim of one that does not
 *   was left behind by a process that ended half-way, and goes to the next who asks.
 */
export function locationClaims(
  connection: Connection,
  clock: Clock,
  serves: (integrationId: string, locationId: string) => Promise<boolean>,
): LocationClaims {
  const claims = connection.model<LocationClaimDoc>(
    'LocationClaim',
    locationClaimSchema,
    'locationClaims',
  );

  return {
    async claim(locationId, integrationId) {
      for (;;) {
        const claimedAt = date(clock.now());
        try {
          await claims.create({ _id: locationId, integrationId, claimedAt });
          return null;
        } catch (error) {
          if (!isDuplicateKey(error)) throw error;
        }
        const held = await claims.findById(locationId).lean();
        if (!held) continue;
        if (held.integrationId === integrationId) return null;
        const isUnderWay = held.claimedAt.getTime() + UNDER_WAY_MS > clock.now();
        if (isUnderWay || (await serves(held.integrationId, locationId))) return held.integrationId;
        await claims.deleteOne(held);
      }
    },

    async release(locationIds, integrationId) {
      await claims.deleteMany({ _id: { $in: [...locationIds] }, integrationId });
    },
  };
}
