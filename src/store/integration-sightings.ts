import type { Model } from 'mongoose';
import type { Clock } from '../clock';
import type { ProblemType } from '../domain/grant';
import { date, given } from './documents';
import { toApproval, type IntegrationDoc } from './integration-document';
import type { IntegrationStore } from './integrations';

/** What is seen of an integration while it is used, as against what a person has set. */
type IntegrationSightings = Pick<
  IntegrationStore,
  'learn' | 'recordFault' | 'clearFault' | 'recordSuccess' | 'recordRights' | 'takeRemovalApproval'
>;

/** A person's word that the reconciliation may remove more than its guard allows holds so long. */
const APPROVAL_HOLDS_MS = 2 * 3_600_000;

/** Every call to Kisi may report a success; to write more often would tell nobody more. */
const SUCCESS_EVERY_MS = 5_000;

/**
 * A fault that comes back so soon is the one before: Kisi may answer the probe, which reads, and fail
 * the next write; and whom an outage touched is still to be seen after a last hiccup.
 */
const RELAPSE_WITHIN_MS = 5 * 60_000;

export function integrationSightings(
  integrations: Model<IntegrationDoc>,
  clock: Clock,
): IntegrationSightings {
  /** When the last fault began, if one of this type is its relapse. */
  async function relapseSince(organizationId: number, type: ProblemType): Promise<Date | null> {
    const healedAt = { $gte: date(clock.now() - RELAPSE_WITHIN_MS) };
    const found = await integrations
      .findOne({ organizationId, 'lastFault.type': type, 'lastFault.healedAt': healedAt })
      .lean();
    return found?.lastFault?.since ?? null;
  }

  return {
    async learn(organizationId, { secondRows, patch }) {
      const now = date(clock.now());
      const learned = given({
        'learned.secondRows': secondRows,
        'learned.patch': patch,
        patchLearnedAt: patch && now,
      });
      await integrations.updateOne({ organizationId }, { $set: { ...learned, updatedAt: now } });
    },

    async recordFault(organizationId, { type, detail, nextProbeAt, keyVersion }) {
      const now = date(clock.now());
      const which = { organizationId, ...given({ keyVersion }) };
      const since = (await relapseSince(organizationId, type)) ?? now;
      const fault = { type, detail, since, probedAt: now, nextProbeAt: date(nextProbeAt) };
      const begun = await integrations.updateOne(
        { ...which, fault: null },
        { $set: { fault, updatedAt: now } },
      );
      if (begun.matchedCount > 0) return true;
      await integrations.updateOne(
        { ...which, fault: { $ne: null } },
        {
          $set: {
            'fault.type': type,
            'fault.detail': detail,
            'fault.probedAt': now,
            'fault.nextProbeAt': fault.nextProbeAt,
            updatedAt: now,
          },
        },
      );
      return false;
    },

    async clearFault(organizationId) {
      const now = date(clock.now());
      const known = await integrations.findOne({ organizationId, fault: { $ne: null } }).lean();
      if (!known?.fault) return false;
      const { type, detail, since } = known.fault;
      const cleared = await integrations.updateOne(
        { organizationId, fault: { $ne: null } },
        {
          $set: {
            fault: null,
            lastFault: { type, detail, since, healedAt: now },
            lastSuccessAt: now,
            updatedAt: now,
          },
        },
      );
      return cleared.matchedCount > 0;
    },

    async recordSuccess(organizationId) {
      const now = clock.now();
      await integrations.updateOne(
        {
          organizationId,
          $or: [{ lastSuccessAt: null }, { lastSuccessAt: { $lte: date(now - SUCCESS_EVERY_MS) } }],
        },
        { $set: { lastSuccessAt: date(now) } },
      );
    },

    async takeRemovalApproval(organizationId, runId) {
      const doc = await integrations
        .findOneAndUpdate(
          {
            organizationId,
            $or: [
              { 'removalApproval.runId': runId },
              {
                'removalApproval.runId': null,
                'removalApproval.at': { $gte: date(clock.now() - APPROVAL_HOLDS_MS) },
              },
            ],
          },
          { $set: { 'removalApproval.runId': runId } },
          { returnDocument: 'after' },
        )
        .lean();
      return doc?.removalApproval ? toApproval(doc.removalApproval) : null;
    },

    async recordRights(organizationId, { missing, keyVersion }) {
      await integrations.updateOne(
        { organizationId, keyVersion },
        { $set: { rights: { at: date(clock.now()), missing: [...missing] } } },
      );
    },
  };
}
