import type { Connection, QueryFilter } from 'mongoose';
import type { Clock } from '../clock';
import type { LearnedBehaviour } from '../domain/door';
import type { Actor } from '../domain/grant';
import { among, date, given, isDuplicateKey } from './documents';
import { DuplicateKey, LocationServed } from './errors';
import {
  integrationSchema,
  toIntegration,
  type EmergencyStop,
  type Integration,
  type IntegrationDoc,
  type IntegrationFault,
  type Removal,
  type RemovalApproval,
} from './integration-document';
import { emergencyStops } from './emergency-stops';
import { integrationSightings } from './integration-sightings';
import { locationClaims } from './location-claims';
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
> & { apiKey: string; memberMode?: Integration['memberMode'] };

/** What a removed integration is connected again with; the rest of it stays. */
export type NewConnection = Pick<
  Integration,
  'organizationName' | 'keyOwnerId' | 'locationIds' | 'memberMode' | 'connectionId'
> & { apiKey: string };

export interface IntegrationStore {
  /**
   * @throws DuplicateKey (`organizationId`) when the organization is connected already, or was;
   *   LocationServed when another active integration serves one of the locations
   */
  insert(integration: NewIntegration): Promise<Integration>;
  get(id: string): Promise<Integration | null>;
  byOrganization(organizationId: number): Promise<Integration | null>;
  /** In order of id; `locationIds`: only those that serve one of them. */
  list(page: PageRequest, locationIds?: readonly string[]): Promise<Page<Integration>>;
  /** The Kisi organizations that are connected or were, since their passes still look. */
  organizationIds(): Promise<number[]>;
  /** All active ones, in order of id. */
  active(): Promise<Integration[]>;
  /** Those whose removal is not done, in order of id. */
  beingRemoved(): Promise<Integration[]>;
  /**
   * `null`: no such integration.
   * @throws LocationServed when another active integration serves one of the locations
   */
  update(
    id: string,
    change: Partial<Pick<Integration, 'organizationName' | 'locationIds' | 'memberMode'>>,
  ): Promise<Integration | null>;
  /**
   * Makes an active integration inactive; of one that is removed already nothing is changed. Its
   * locations stay on record and may be served by others. `null`: no such integration.
   */
  beginRemoval(id: string, removal: Omit<Removal, 'at'>): Promise<Integration | null>;
  /** Forgets the key and the fault, while this removal is the present one. False: it is not. */
  finishRemoval(id: string, jobId: string): Promise<boolean>;
  /**
   * Connects a removed integration again; a removal that was under way ends. `null`: it is active.
   * @throws LocationServed
   */
  reconnect(id: string, connection: NewConnection): Promise<Integration | null>;
  /** What a look at the rights has found; forgotten with the key that was looked at. */
  recordRights(
    organizationId: number,
    found: { missing: readonly string[]; keyVersion: number },
  ): Promise<void>;
  /**
   * The opened API key. `null`: no such integration, or it was removed.
   * @throws UnknownEncryptionKey, SealBroken
   */
  apiKey(of: { id: string } | { organizationId: number }): Promise<KisiCredentials | null>;
  /** A former owner is remembered: rows that their key made stay ours. `null`: no such integration, or it was removed. */
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
  /** True: there was a fault, which is kept as the last one. Counts as a success. */
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
  /** Set again it keeps `since`. `null`: no such integration. */
  setEmergencyStop(id: string, stop: Omit<EmergencyStop, 'since'>): Promise<Integration | null>;
  /** Also when there was none. `null`: no such integration. */
  clearEmergencyStop(id: string): Promise<Integration | null>;
  /** What is stopped at this organization now; asked before every single write. */
  emergencyStopOf(organizationId: number): Promise<EmergencyStop | null>;
  /** How many integrations are stopped: all writes, or all but removals. */
  countStopped(): Promise<{ all: number; changes: number }>;
}

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

  const isServing = async (integrationId: string, locationId: string): Promise<boolean> =>
    (await integrations.exists({ _id: integrationId, active: true, locationIds: locationId })) !==
    null;
  const claims = locationClaims(connection, clock, isServing);

  /** Integrations of an earlier version have made no claims, so that they are asked as well. */
  async function holderOf(locationId: string, integrationId: string): Promise<string | null> {
    const other = await integrations
      .findOne({ _id: { $ne: integrationId }, active: true, locationIds: locationId }, { _id: 1 })
      .lean();
    return other ? other._id : claims.claim(locationId, integrationId);
  }

  /** Writes with all these locations claimed; what was not claimed before is given up when it fails. */
  async function serving<Result>(
    id: string,
    locationIds: readonly string[],
    write: () => Promise<Result>,
  ): Promise<Result> {
    try {
      for (const locationId of locationIds) {
        const holder = await holderOf(locationId, id);
        if (holder !== null) throw new LocationServed(locationId, holder);
      }
      return await write();
    } catch (error) {
      const now = await find({ _id: id });
      const kept = now?.active ? now.locationIds : [];
      await claims.release(without(locationIds, kept), id);
      throw error;
    }
  }

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
    async insert({ id, apiKey, memberMode = 'managed', ...rest }) {
      const now = date(clock.now());
      const doc: IntegrationDoc = {
        _id: id,
        provider: 'kisi',
        ...rest,
        formerKeyOwnerIds: [],
        keyVersion: 1,
        sealedApiKey: await secrets.seal(apiKey, sealContext(id)),
        active: true,
        removal: null,
        memberMode,
        learned: { secondRows: 'unknown', patch: 'unknown' },
        patchLearnedAt: null,
        fault: null,
        lastFault: null,
        lastSuccessAt: null,
        rights: null,
        connectionId: id,
        removalApproval: null,
        emergencyStop: null,
        createdAt: now,
        updatedAt: now,
      };
      try {
        await serving(id, doc.locationIds, () => integrations.create(doc));
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

    async active() {
      const docs = await integrations.find({ active: true }).sort({ _id: 1 }).lean();
      return docs.map((doc) => toIntegration(doc, clock.now()));
    },

    async beingRemoved() {
      const docs = await integrations
        .find({ active: false, sealedApiKey: { $ne: null } })
        .sort({ _id: 1 })
        .lean();
      return docs.map((doc) => toIntegration(doc, clock.now()));
    },

    byOrganization: (organizationId) => find({ organizationId }),
    list: (page, locationIds) =>
      findPage(
        integrations,
        given({ locationIds: among(undefined, locationIds) }),
        BY_ID,
        page,
        (doc) => toIntegration(doc, clock.now()),
      ),
    async update(id, { organizationName, locationIds, memberMode }) {
      const write = (): Promise<Integration | null> =>
        set(id, given({ organizationName, locationIds, memberMode }));
      const before = locationIds && (await find({ _id: id }));
      if (!before?.active) return write();
      const after = await serving(id, locationIds ?? [], write);
      await claims.release(without(before.locationIds, locationIds ?? []), id);
      return after;
    },

    async beginRemoval(id, removal) {
      const now = date(clock.now());
      const doc = await integrations
        .findOneAndUpdate(
          { _id: id, active: true },
          { $set: { active: false, removal: { ...removal, at: now }, updatedAt: now } },
          { returnDocument: 'after' },
        )
        .lean();
      const removed = doc ? toIntegration(doc, clock.now()) : await find({ _id: id });
      if (removed) await claims.release(removed.locationIds, id);
      return removed;
    },

    async finishRemoval(id, jobId) {
      const done = await integrations.updateOne(
        { _id: id, active: false, 'removal.jobId': jobId },
        {
          $set: { sealedApiKey: null, fault: null, rights: null, updatedAt: date(clock.now()) },
        },
      );
      return done.matchedCount > 0;
    },

    async reconnect(id, { apiKey, keyOwnerId, ...rest }) {
      const sealedApiKey = await secrets.seal(apiKey, sealContext(id));
      return serving(id, rest.locationIds, async () => {
        for (;;) {
          const old = await integrations.findById(id).lean();
          if (!old || old.active) return null;
          const doc = await integrations
            .findOneAndUpdate(
              { _id: id, active: false, keyVersion: old.keyVersion },
              {
                $set: {
                  ...rest,
                  ...keyFields(old, sealedApiKey, keyOwnerId),
                  active: true,
                  removal: null,
                  fault: null,
                  rights: null,
                  updatedAt: date(clock.now()),
                },
              },
              { returnDocument: 'after' },
            )
            .lean();
          if (doc) return toIntegration(doc, clock.now());
        }
      });
    },

    async apiKey(of) {
      const doc = await integrations
        .findOne('id' in of ? { _id: of.id } : { organizationId: of.organizationId })
        .lean();
      if (!doc?.sealedApiKey) return null;
      return {
        integrationId: doc._id,
        apiKey: await secrets.open(doc.sealedApiKey, sealContext(doc._id)),
        keyOwnerId: doc.keyOwnerId,
        keyVersion: doc.keyVersion,
      };
    },

    async replaceKey(id, { apiKey, keyOwnerId }) {
      const sealedApiKey = await secrets.seal(apiKey, sealContext(id));
      for (;;) {
        const old = await integrations.findById(id).lean();
        if (old?.sealedApiKey == null) return null;
        const doc = await integrations
          .findOneAndUpdate(
            // Another replacement in between would drop an owner: look again then.
            { _id: id, keyVersion: old.keyVersion, sealedApiKey: { $ne: null } },
            {
              $set: {
                ...keyFields(old, sealedApiKey, keyOwnerId),
                rights: null,
                updatedAt: date(clock.now()),
              },
            },
            { returnDocument: 'after' },
          )
          .lean();
        if (doc) return toIntegration(doc, clock.now());
      }
    },

    setRemovalApproval: (id, by) =>
      set(id, { removalApproval: { by, at: date(clock.now()), runId: null } }),

    ...integrationSightings(integrations, clock),
    ...emergencyStops(integrations, clock),
  };
}

/** The next key. A former owner is remembered: rows that their key made stay ours. */
function keyFields(
  old: Pick<IntegrationDoc, 'keyVersion' | 'keyOwnerId' | 'formerKeyOwnerIds'>,
  sealedApiKey: string,
  keyOwnerId: number,
): Pick<IntegrationDoc, 'sealedApiKey' | 'keyOwnerId' | 'keyVersion' | 'formerKeyOwnerIds'> {
  const owners = new Set([...old.formerKeyOwnerIds, old.keyOwnerId]);
  owners.delete(keyOwnerId);
  const keyVersion = old.keyVersion + 1;
  return { sealedApiKey, keyOwnerId, keyVersion, formerKeyOwnerIds: [...owners] };
}

function without(ids: readonly string[], others: readonly string[]): string[] {
  return ids.filter((id) => !others.includes(id));
}
