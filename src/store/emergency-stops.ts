import type { Model, QueryFilter, UpdateQuery } from 'mongoose';
import type { Clock } from '../clock';
import { date } from './documents';
import {
  toEmergencyStop,
  toIntegration,
  type Integration,
  type IntegrationDoc,
} from './integration-document';
import type { IntegrationStore } from './integrations';

type EmergencyStops = Pick<
  IntegrationStore,
  'setEmergencyStop' | 'clearEmergencyStop' | 'emergencyStopOf' | 'countStopped'
>;

export function emergencyStops(integrations: Model<IntegrationDoc>, clock: Clock): EmergencyStops {
  async function change(
    filter: QueryFilter<IntegrationDoc>,
    update: UpdateQuery<IntegrationDoc>,
  ): Promise<Integration | null> {
    const doc = await integrations
      .findOneAndUpdate(filter, update, { returnDocument: 'after' })
      .lean();
    return doc && toIntegration(doc, clock.now());
  }

  return {
    async setEmergencyStop(id, { reason, includeRemovals, by }) {
      const now = date(clock.now());
      for (;;) {
        const begun = await change(
          { _id: id, emergencyStop: null },
          {
            $set: { emergencyStop: { reason, includeRemovals, by, since: now }, updatedAt: now },
          },
        );
        if (begun) return begun;
        const changed = await change(
          { _id: id, emergencyStop: { $ne: null } },
          {
            $set: {
              'emergencyStop.reason': reason,
              'emergencyStop.includeRemovals': includeRemovals,
              'emergencyStop.by': by,
              updatedAt: now,
            },
          },
        );
        if (changed) return changed;
        // Released in between, unless there is no such integration.
        if ((await integrations.exists({ _id: id })) === null) return null;
      }
    },

    clearEmergencyStop: (id) =>
      change({ _id: id }, { $set: { emergencyStop: null, updatedAt: date(clock.now()) } }),

    async emergencyStopOf(organizationId) {
      const doc = await integrations.findOne({ organizationId }, { emergencyStop: 1 }).lean();
      return doc && toEmergencyStop(doc);
    },

    async countStopped() {
      const [all, changes] = await Promise.all([
        integrations.countDocuments({ 'emergencyStop.includeRemovals': true }),
        integrations.countDocuments({ 'emergencyStop.includeRemovals': false }),
      ]);
      return { all, changes };
    },
  };
}
