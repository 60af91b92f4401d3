import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { createSimulator, demoApiKey, type Simulator } from '../../simulator';
import type { AccessDeps, AccessMessages, GrantRuns } from '../../src/access/deps';
import { createKisiConnections } from '../../src/access/kisi-connections';
import { ensureLockGroup } from '../../src/access/lock-group';
import { syncPass } from '../../src/access/sync-pass';
import type { SyncPassResult } from '../../src/contracts/activities';
import type { PassReport } from '../../src/contracts/grant-messages';
import type { PassMemory } from '../../src/contracts/pass-messages';
import { passKey, type LearnedBehaviour, type PassRef } from '../../src/domain/door';
import type { Actor, Grant } from '../../src/domain/grant';
import type { AccessChange } from '../../src/contracts/mapping-change';
import type { SourceWord } from '../../src/domain/grant-life';
import type { SourceRef } from '../../src/domain/source';
import { wholeSecond } from '../../src/domain/windows';
import type { KisiLimiter } from '../../src/kisi';
import { createMetrics } from '../../src/metrics';
import { openStore, type Integration, type Member, type Store } from '../../src/store';
import { testServers } from '../support/servers';
import { Unlimited } from '../support/unlimited';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const BY: Actor = { type: 'api_key', id: 'key_tester' };

/** The machine's clock, moved by the test; store, simulator and the rooms under test share it. */
export class MovableClock {
  #offset = 0;
  now(): number {
    return Date.now() + this.#offset;
  }
  advance(ms: number): void {
    this.#offset += ms;
  }
}

/** Remembers what the rooms below Temporal said to workflows. */
export class RecordedMessages implements AccessMessages {
  readonly told: { grantId: string; report: PassReport }[] = [];
  readonly pokes: { pass: PassRef; priority: number; fresh: boolean }[] = [];
  readonly groupsAsked: number[] = [];
  readonly askedAgain: string[] = [];
  readonly started: { grant: Grant; action: string | undefined }[] = [];
  readonly words: { grant: Grant; word: SourceWord; mayStart: boolean }[] = [];
  readonly sourcesLooking: SourceRef[] = [];
  readonly revoked: string[] = [];
  readonly changes: AccessChange[] = [];
  readonly removals: string[] = [];
  readonly deliveries: string[] = [];
  readonly holds: { memberId: string; jobId: string }[] = [];
  probers = 0;

  pokePass: AccessMessages['pokePass'] = async (pass, priority, fresh = false) => {
    await Promise.resolve(this.pokes.push({ pass, priority, fresh }));
  };
  tellGrant: AccessMessages['tellGrant'] = async (grantId, report) => {
    await Promise.resolve(this.told.push({ grantId, report }));
  };
  requestLockGroup: AccessMessages['requestLockGroup'] = async (_organizationId, lockId) => {
    await Promise.resolve(this.groupsAsked.push(lockId));
  };
  deliverEvents: AccessMessages['deliverEvents'] = async (subscriptionId) => {
    await Promise.resolve(this.deliveries.push(subscriptionId));
  };
  startRemoval: AccessMessages['startRemoval'] = async (integrationId) => {
    await Promise.resolve(this.removals.push(integrationId));
  };
  changeHold: AccessMessages['changeHold'] = async (memberId, jobId) => {
    await Promise.resolve(this.holds.push({ memberId, jobId }));
  };
  startProber: AccessMessages['startProber'] = async () => {
    await Promise.resolve((this.probers += 1));
  };
  askGrantAgain: AccessMessages['askGrantAgain'] = async (grantId) => {
    await Promise.resolve(this.askedAgain.push(grantId));
  };
  startGrant: AccessMessages['startGrant'] = async (grant, action) => {
    await Promise.resolve(this.started.push({ grant, action }));
  };
  followSource: AccessMessages['followSource'] = async (grant, word, _meta, mayStart) => {
    await Promise.resolve(this.words.push({ grant, word, mayStart }));
  };
  changeSource: AccessMessages['changeSource'] = async (source) => {
    await Promise.resolve(this.sourcesLooking.push(source));
  };
  lookAgainAtSource: AccessMessages['lookAgainAtSource'] = async (source) => {
    await Promise.resolve(this.sourcesLooking.push(source));
  };
  startChange: AccessMessages['startChange'] = async (change) => {
    await Promise.resolve(this.changes.push(change));
  };
  revokeGrant: AccessMessages['revokeGrant'] = async (grantId) => {
    await Promise.resolve(this.revoked.push(grantId));
  };

  /** State and problem as told, oldest first. */
  toldTo(grantId: string): string[] {
    return this.told
      .filter((one) => one.grantId === grantId)
      .map(({ report: { state, problem } }) => (problem ? `${state} ${problem.type}` : state));
  }
}

export interface AccessUnderTest {
  readonly clock: MovableClock;
  readonly store: Store;
  readonly simulator: Simulator;
  readonly messages: RecordedMessages;
  readonly runs: { running: Set<string>; ends: Map<string, 'terminated' | 'closed' | 'unknown'> };
  readonly deps: AccessDeps;
  /** Of the simulated Kisi. */
  readonly baseUrl: string;
  readonly integration: Integration;
  /** The seeded lock, and the dashboard's group with the locks in it. */
  readonly lockId: number;
  readonly group: { id: number; lockId: number };
  /** The present second. */
  readonly now: () => number;
  /** A member whose Kisi user is linked already, unless asked otherwise. */
  member(options?: { linked?: boolean }): Promise<Member>;
  /** The member's pass at a lock whose group stands. */
  lockPass(member: Member): Promise<PassRef>;
  groupPass(member: Member): PassRef;
  /** Writes what a grant wishes; a new grant unless one is named. Returns the grant's id. */
  wish(
    pass: PassRef,
    wish: { from: number; until: number | null; wanted?: boolean; grantId?: string },
  ): Promise<string>;
  /** One look with what the look before remembered, as after a timer; `fresh` lists. */
  look(pass: PassRef, options?: { fresh?: boolean }): Promise<SyncPassResult>;
  /** Looks until it need not look again at once. */
  settle(pass: PassRef): Promise<SyncPassResult>;
  couldOpen(member: Member, lockId: number, at?: number): boolean;
  /** The member's rows in the group of this pass, by start; instants in seconds from `since`. */
  rows(
    pass: PassRef,
    since?: number,
  ): Promise<{ id: number; from: number | null; until: number | null }[]>;
  /** Calls since the last time this was asked, without ids, with the status that was answered. */
  calls(): string[];
  learned(): Promise<LearnedBehaviour>;
  fault(): Promise<string | null>;
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

export async function accessUnderTest(
  options: { limiter?: KisiLimiter } = {},
): Promise<AccessUnderTest> {
  const clock = new MovableClock();
  const encryption = [{ id: 'test', key: new Uint8Array(randomBytes(32)) }];
  const store = await openStore({
    uri: testServers().mongoUri(`t-${randomUUID()}`),
    encryption,
    clock,
  });
  const simulator = createSimulator({ clock });
  simulator.setSwitches({ rateLimit: { enabled: false } });
  const baseUrl = await simulator.listen();
  const kisi = createKisiConnections({
    store,
    limiter: options.limiter ?? new Unlimited(),
    baseUrl,
    integrator: { name: 'latchkey-tests', contact: 'tests@example.com' },
  });
  const messages = new RecordedMessages();
  const runs = {
    running: new Set<string>(),
    ends: new Map<string, 'terminated' | 'closed' | 'unknown'>(),
  };
  const registry = new Registry();
  const deps: AccessDeps = {
    store,
    kisi,
    messages,
    runs: runsOf(runs),
    clock,
    log: pino({ level: 'silent' }),
    metrics: createMetrics(registry),
  };
  const integration = await connect(store, simulator);
  const { organizationId } = integration;
  const { locks, groups, groupLocks } = simulator.state();
  const lockId = first(locks).id;
  const groupId = first(groups).id;
  const groupLockId = first(groupLocks.filter((entry) => entry.groupId === groupId)).lockId;
  const memories = new Map<string, PassMemory | null>();
  const listings = new Map<string, number | null>();
  let turn = 0;
  let grants = 0;
  let seen = 0;

  const access: AccessUnderTest = {
    clock,
    store,
    simulator,
    messages,
    runs,
    deps,
    baseUrl,
    integration,
    lockId,
    group: { id: groupId, lockId: groupLockId },
    now: () => wholeSecond(clock.now()),

    async member({ linked = true } = {}) {
      const id = `mem_${randomUUID().slice(0, 8)}`;
      const email = `${id}@example.com`;
      const member = await store.members.upsert({ id, email, name: 'A Member' });
      if (linked) {
        const userId = simulator.drift({ kind: 'addUser', organizationId, email });
        await store.memberLinks.link(organizationId, id, userId, email);
      }
      return member;
    },
    async lockPass(member) {
      if (!(await store.lockGroups.get(organizationId, lockId))) {
        await ensureLockGroup(deps, { organizationId, lockId });
        access.calls();
      }
      return { memberId: member.id, organizationId, target: { kind: 'lock', id: lockId } };
    },
    groupPass: (member) => ({
      memberId: member.id,
      organizationId,
      target: { kind: 'group', id: groupId },
    }),
    async wish(pass, { from, until, wanted = true, grantId }) {
      grants += 1;
      const id = grantId ?? `grt_${String(grants)}`;
      await store.wishes.write(pass, { grantId: id, revision: grants, from, until, wanted });
      return id;
    },
    async look(pass, { fresh = false } = {}) {
      turn += 1;
      const key = passKey(pass);
      const memory = fresh ? null : (memories.get(key) ?? null);
      const listAgainAt = listings.get(key) ?? null;
      const result = await syncPass(deps, { pass, turn, memory, listAgainAt }, 1);
      memories.set(key, result.memory);
      listings.set(key, result.listAgainAt ?? null);
      return result;
    },
    async settle(pass) {
      for (let looks = 0; looks < 8; looks += 1) {
        const result = await access.look(pass);
        if (result.outcome !== 'again') return result;
      }
      throw new Error('The pass did not come to rest in 8 looks');
    },
    couldOpen: (member, door, at) =>
      simulator.couldOpen({ email: member.email, lockId: door, ...(at !== undefined && { at }) })
        .open,
    async rows(pass, since = 0) {
      const link = await store.memberLinks.get(organizationId, pass.memberId);
      const stored = await store.lockGroups.get(organizationId, pass.target.id);
      const inGroup = pass.target.kind === 'group' ? pass.target.id : stored?.groupId;
      const at = (ms: number | null) => (ms === null ? null : (ms - since) / 1_000);
      return simulator
        .state()
        .roleAssignments.filter(
          (row) => row.assigneeId === link?.kisiUserId && row.appliesToId === inGroup,
        )
        .map(({ id, validFrom, validUntil }) => ({
          id,
          from: at(validFrom),
          until: at(validUntil),
        }))
        .sort((a, b) => (a.from ?? -Infinity) - (b.from ?? -Infinity));
    },
    calls() {
      const entries = simulator.requests().filter(({ sequence }) => sequence > seen);
      seen = entries.at(-1)?.sequence ?? seen;
      return entries.map(
        ({ method, path, status }) =>
          `${method} ${path.replace(/\d+/g, ':id')} ${status === null ? 'dropped' : String(status)}`,
      );
    },
    async learned() {
      return (await theIntegration(store, organizationId)).learned;
    },
    async fault() {
      return (await theIntegration(store, organizationId)).fault?.type ?? null;
    },
    async metric(name) {
      const text = await registry.metrics();
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
      return line === undefined ? 0 : Number(line.split(' ')[1]);
    },
    async close() {
      await kisi.close();
      await simulator.close();
      await store.close();
    },
  };
  return access;
}

async function theIntegration(store: Store, organizationId: number): Promise<Integration> {
  const integration = await store.integrations.byOrganization(organizationId);
  if (!integration) throw new Error('The integration is gone');
  return integration;
}

function runsOf(runs: AccessUnderTest['runs']): GrantRuns {
  return {
    runningAmong: (ids) => Promise.resolve(new Set(ids.filter((id) => runs.running.has(id)))),
    missingPasses: () => Promise.resolve([]),
    // eslint-disable-next-line @typescript-eslint/require-await -- the list at Temporal is asynchronous
    async *running() {
      yield* runs.running;
    },
    lastEnd: (id) =>
      Promise.resolve(runs.running.has(id) ? 'running' : (runs.ends.get(id) ?? 'unknown')),
  };
}

function connect(store: Store, simulator: Simulator): Promise<Integration> {
  const organization = first(simulator.state().organizations);
  return store.integrations.insert({
    id: `int_${randomUUID()}`,
    organizationId: organization.id,
    organizationName: organization.name,
    keyOwnerId: organization.ownerId ?? 0,
    apiKey: demoApiKey,
    locationIds: [],
    createdBy: BY,
  });
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('The simulator has no seed');
  return item;
}
