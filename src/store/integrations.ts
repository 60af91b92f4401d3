import type { Connection, QueryFilter } from 'mongoose';
import type { Clock } from '../clock';
import type { LearnedBehaviour } from '../domain/door';
import type { Actor } from '../domain/grant';
import { date, given, isDuplicateKey } from './documents';
import { DuplicateKey } from './errors';
import {
  integrationSchema,
  toApproval,
  toIntegration,
  type Integration,
  type IntegrationDoc,
  type IntegrationFault,
  type RemovalApproval,
} from './integration-document';
import { BY_ID, findPage, type Page, type PageRequest } from './page';
import type { SecretBox } from './secret-box';

/** What a caller of Kisi needs. Never log it. */
export interface KisiCredentials {
  integrationId: string;
  apiKey: string;
  keyOwnerId: number;
  keyVersion: number;
}

/** What is known when an integration is made; the rest begins empty, active and unknown. */
export type NewIntegration = Pick<
  Integration,
  'id' | 'organizationId' | 'organizationName' | 'keyOwnerId' | 'locationIds' | 'createdBy'
> & { apiKey: string };

export interface IntegrationStore {
  /** @throws DuplicateKey (`organizationId`) when the organization is connected already. */
  insert(integration: NewIntegration): Promise<Integration>;
  get(id: string): Promise<Integration | null>;
  byOrganization(organizationId: number): Promise<Integration | null>;
  /** In order of id. */
  list(page: PageRequest): Promise<Page<Integration>>;
  /** The Kisi organizations that are connected, active or not. */
  organizationIds(): Promise<number[]>;
  /** `null`: no such integration. */
  update(
    id: string,
    change: Partial<Pick<Integration, 'organizationName' | 'locationIds' | 'active'>>,
  ): Promise<Integration | null>;
  /**
   * The opened API key. `null`: no such integration.
   * @throws UnknownEncryptionKey, SealBroken
   */
  apiKey(of: { id: string } | { organizationId: number }): Promise<KisiCredentials | null>;
  /** A former owner is remembered: rows that their key made stay ours. `null`: no such integration. */
  replaceKey(id: string, key: { apiKey: string; keyOwnerId: number }): Promise<Integration | null>;
  /**
   * Overwrites what is given, so that `unknown` forgets. That Kisi refuses or ignores a PATCH is
   * `unknown` again after a day.
   */
  learn(organizationId: number, learned: Partial<LearnedBehaviour>): Promise<void>;
  /**
   * Probed now. True: there was no fault before. With `keyVersion` it counts only while that key is
   * the present one, so that a late answer to an old key faults nothing.
   */
  recordFault(
    organizationId: number,
    fault: Pick<IntegrationFault, 'type' | 'detail' | 'nextProbeAt'> & { keyVersion?: number },
  ): Promise<boolean>;
  /** True: there was a fault. Counts as a success. */
  clearFault(organizationId: number): Promise<boolean>;
  /** Written at most every 5 s, since every call to Kisi may report it. Leaves a fault as it is. */
  recordSuccess(organizationId: number): Promise<void>;
  /** Replaces an earlier word. `null`: no such integration. */
  setRemovalApproval(id: string, by: Actor): Promise<Integration | null>;
  /**
   * Uses the word up for this run; the same run may take it again (a retried activity). A word holds
   * for two hours: who gave it saw the differences of then.
   * `null`: nobody has given it, it is too old, or another run took it.
   */
  takeRemovalApproval(organizationId: number, runId: string): Promise<RemovalApproval | null>;
}

/** A person's word that the reconciliation may remove more than its guard allows holds so long. */
const APPROVAL_HOLDS_MS = 2 * 3_600_000;

/** Every call to Kisi may report a success; to write more often would tell nobody more. */
const SUCCESS_EVERY_MS = 5_000;

export function integrationStore(
  connection: Connection,
  clock: Clock,
  secrets: SecretBox,
): IntegrationStore {
  const integrations = connection.model<IntegrationDoc>(
    'Integration',
    integrationSchema,
    'integrations',
  );
  /** What a sealed key is bound to, so that it cannot be moved to another integration. */
  const sealContext = (id: string): string => `integration:${id}`;

  async function find(filter: QueryFilter<IntegrationDoc>): Promise<Integration | null> {
    const doc = await integrations.findOne(filter).lean();
    return doc && toIntegration(doc, clock.now());
  }

  async function set(id: string, fields: Partial<IntegrationDoc>): Promise<Integration | null> {
    const doc = await integrations
      .findOneAndUpdate(
        { _id: id },
        { $set: { ...fields, updatedAt: date(clock.now()) } },
        { returnDocument: 'after' },
      )
      .lean();
    return doc && toIntegration(doc, clock.now());
  }

  return {
    async insert({ id, apiKey, ...rest }) {
      const now = date(clock.now());
      const doc: IntegrationDoc = {
        _id: id,
        provider: 'kisi',
        ...rest,
        formerKeyOwnerIds: [],
        keyVersion: 1,
        sealedApiKey: await secrets.seal(apiKey, sealContext(id)),
        active: true,
        learned: { secondRows: 'unknown', patch: 'unknown' },
        patchLearnedAt: null,
        fault: null,
        lastSuccessAt: null,
        removalApproval: null,
        createdAt: now,
        updatedAt: now,
      };
      try {
        await integrations.create(doc);
      } catch (error) {
        if (isDuplicateKey(error)) throw new DuplicateKey('organizationId', { cause: error });
        throw error;
      }
      return toIntegration(doc, clock.now());
    },

    get: (id) => find({ _id: id }),
    async organizationIds() {
      const docs = await integrations.find({}, { organizationId: 1 }).lean();
      return docs.map(({ organizationId }) => organizationId);
    },

    byOrganization: (organizationId) => find({ organizationId }),
    list: (page) =>
      findPage(integrations, {}, BY_ID, page, (doc) => toIntegration(doc, clock.now())),
    update: (id, change) =>
      set(
        id,
        given({
          organizationName: change.organizationName,
          locationIds: change.locationIds,
          active: change.active,
        }),
      ),

    async apiKey(of) {
      const doc = await integrations
        .findOne('id' in of ? { _id: of.id } : { organizationId: of.organizationId })
        .lean();
      return (
        doc && {
          integrationId: doc._id,
          apiKey: await secrets.open(doc.sealedApiKey, sealContext(doc._id)),
          keyOwnerId: doc.keyOwnerId,
          keyVersion: doc.keyVersion,
        }
      );
    },

    async replaceKey(id, { apiKey, keyOwnerId }) {
      const sealedApiKey = await secrets.seal(apiKey, sealContext(id));
      for (;;) {
        const old = await integrations.findById(id).lean();
        if (!old) return null;
        const owners = new Set([...old.formerKeyOwnerIds, old.keyOwnerId]);
        owners.delete(keyOwnerId);
        const doc = await integrations
          .findOneAndUpdate(
            // Another replacement in between would drop an owner: look again then.
            { _id: id, keyVersion: old.keyVersion },
            {
              $set: {
                sealedApiKey,
                keyOwnerId,
                keyVersion: old.keyVersion + 1,
                formerKeyOwnerIds: [...owners],
                updatedAt: date(clock.now()),
              },
            },
            { returnDocument: 'after' },
          )
          .lean();
        if (doc) return toIntegration(doc, clock.now());
      }
    },

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
      const fault = { type, detail, since: now, probedAt: now, nextProbeAt: date(nextProbeAt) };
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
      const cleared = await integrations.updateOne(
        { organizationId, fault: { $ne: null } },
        { $set: { fault: null, lastSuccessAt: now, updatedAt: now } },
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

    setRemovalApproval: (id, by) =>
      set(id, { removalApproval: { by, at: date(clock.now()), runId: null } }),

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
  };
}
